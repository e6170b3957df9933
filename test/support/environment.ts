import type { TestContext } from 'node:test';
import { type Backend, type BackendOptions, startBackend } from './backend.ts';
import { type EnvoyConfigOptions, envoyConfig, type RunningEnvoy, startEnvoy } from './envoy.ts';
import type { Json } from './envoy-config.ts';
import { type RunningSidecar, startSidecar } from './sidecar.ts';

export interface EnvironmentOptions {
  /** policies.yaml: text or object. */
  readonly policies: string | object;
  /** Of Envoy, without the addresses. By default one route for each API, `/NAME`, that names it. */
  readonly envoy?: Omit<EnvoyConfigOptions, 'sidecar' | 'backend'>;
  readonly apis?: readonly string[];
  /** What a test has to say of Envoy beyond that. */
  readonly changeEnvoy?: (config: Json) => Json;
  readonly backend?: BackendOptions;
  readonly workers?: number;
  /** Runs dist/main.js, not the sources. */
  readonly built?: boolean;
  /** Threads of Envoy; 1 by default. */
  readonly concurrency?: number;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly args?: readonly string[];
  /** Flags of Node for the sidecar. */
  readonly nodeArgs?: readonly string[];
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** A caller's view of backend, sidecar process and a real Envoy in front of them. */
export interface Environment {
  readonly backend: Backend;
  readonly sidecar: RunningSidecar;
  readonly envoy: RunningEnvoy;
  call(path: string, init?: RequestInit): Promise<Answered>;
  stop(): Promise<void>;
}

export async function startEnvironment(options: EnvironmentOptions, test?: TestContext): Promise<Environment> {
  const started: { stop(): Promise<unknown> }[] = [];
  try {
    return await start(options, test, started);
  } catch (error) {
    // Whoever gets an error has nothing to stop, and what goes on would keep the test's process alive.
    for (const part of started.reverse()) await part.stop();
    throw error;
  }
}

/** `started`: what has to be stopped where a later part does not start. */
async function start(
  options: EnvironmentOptions,
  test: TestContext | undefined,
  started: { stop(): Promise<unknown> }[],
): Promise<Environment> {
  const context = test === undefined ? {} : { test };
  const backend = await startBackend(options.backend);
  started.push(backend);
  const sidecar = await startSidecar({
    config: withEnvoy(options),
    ...(options.workers === undefined ? {} : { workers: options.workers }),
    ...(options.built === undefined ? {} : { built: options.built }),
    ...(options.env === undefined ? {} : { env: options.env }),
    ...(options.args === undefined ? {} : { args: options.args }),
    ...(options.nodeArgs === undefined ? {} : { nodeArgs: options.nodeArgs }),
    ...context,
  });
  started.push(sidecar);
  const routes = (options.apis ?? []).map((api) => ({
    prefix: `/${api}`,
    name: api,
    metadata: { 'x-lambda-api': api },
  }));
  const envoy = await startEnvoy({
    config: (options.changeEnvoy ?? ((config: Json) => config))(
      envoyConfig({ routes, ...options.envoy, sidecar: sidecar.addresses, backend: backend.address }),
    ),
    ...(options.concurrency === undefined ? {} : { concurrency: options.concurrency }),
    ...context,
  });
  return {
    backend,
    sidecar,
    envoy,
    async call(path, init) {
      const response = await fetch(envoy.url + path, { redirect: 'manual', ...init });
      return { status: response.status, headers: response.headers, text: await response.text() };
    },
    async stop() {
      await envoy.stop();
      await sidecar.stop();
      await backend.stop();
    },
  };
}

/** Policies that do not say what Envoy hides get the truth about the setting that most tests rely on. */
function withEnvoy({ policies, envoy }: EnvironmentOptions): string | object {
  if (typeof policies === 'string' || 'envoy' in policies) return policies;
  return { ...policies, envoy: { allowModeOverride: envoy?.allowModeOverride ?? true } };
}
