import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { parse } from 'yaml';
import { startBackend } from '../support/backend.ts';
import { envoyConfig, type RunningEnvoy, startEnvoy } from '../support/envoy.ts';
import type { Json } from '../support/envoy-config.ts';
import { type RateResult, runRate } from '../support/rate.ts';
import type { RunningSidecar } from '../support/sidecar.ts';
import { type LambdaCounts, startTroubledLambda, type TroubledLambda } from '../support/troubled-lambda.ts';

/** 2,000 requests a second for 20 s; `npm test` asks for less. */
export const perSecond = Number(process.env.FAULT_RATE ?? 600);
export const seconds = Number(process.env.FAULT_SECONDS ?? 5);
/** When the trouble begins: a new process has to get warm, and at a high rate requests pile up until then. */
export const QUIET_MS = Math.min(5_000, seconds * 300);

/** Servers behind a real Envoy with the examples' settings, and a Lambda that counts. */
export interface Scene {
  readonly lambda: TroubledLambda;
  readonly envoy: RunningEnvoy;
}

/** policies.yaml: each request is answered by the Lambda, which is told the request's id. */
export function policies(lambda: TroubledLambda, note = 'first', configuration: object = {}): object {
  return {
    version: 1,
    apis: {
      default: {
        properties: { note },
        request: [
          {
            name: 'answer',
            configuration: {
              function: 'f',
              region: 'us-east-1',
              endpoint: lambda.endpoint,
              accessKey: 'AKIDEXAMPLE',
              secretKey: 'secret',
              payload: `{"id": "{#request.headers['x-load-id'][0]}"}`,
              sendToConsumer: true,
              ...configuration,
            },
          },
        ],
      },
    },
  };
}

const example = readExample();

/** What decides over lost requests, as the example has it. */
function readExample(): { readonly retryPolicy: Json; readonly cluster: Json } {
  const file = new URL('../../envoy/unix-socket.yaml', import.meta.url);
  const document = parse(readFileSync(file, 'utf8')) as Example;
  const [cluster] = document.static_resources.clusters.filter(({ name }) => name === 'lambda-ext-proc');
  const manager = document.static_resources.listeners[0]?.filter_chains[0]?.filters[0]?.typed_config;
  const retryPolicy = manager?.http_filters[0]?.typed_config.grpc_service?.retry_policy;
  assert.ok(cluster !== undefined && retryPolicy !== undefined, `${file} is built in another way`);
  return { retryPolicy, cluster };
}

interface Example {
  readonly static_resources: {
    readonly clusters: readonly Json[];
    readonly listeners: readonly {
      readonly filter_chains: readonly {
        readonly filters: readonly {
          readonly typed_config: {
            readonly http_filters: readonly {
              readonly typed_config: { readonly grpc_service?: { readonly retry_policy: Json } };
            }[];
          };
        }[];
      }[];
    }[];
  };
}

export async function startLambda(t: TestContext): Promise<TroubledLambda> {
  const lambda = await startTroubledLambda();
  t.after(() => lambda.stop());
  return lambda;
}

/** As envoy/unix-socket.yaml has it, but without graceful close, which is the harder way. */
export async function startProxy(
  t: TestContext,
  sidecars: readonly RunningSidecar[],
  cluster: Json = {},
): Promise<RunningEnvoy> {
  const backend = await startBackend();
  t.after(() => backend.stop());
  const config = envoyConfig({
    sidecar: sidecars.flatMap(({ addresses }) => addresses),
    backend: backend.address,
    accessLog: false,
    gracefulClose: false,
    messageTimeout: '35s',
    routes: [{ metadata: {} }],
    filter: { grpc_service: { envoy_grpc: { cluster_name: 'sidecar' }, retry_policy: example.retryPolicy } },
    sidecarCluster: {
      lb_policy: example.cluster.lb_policy,
      circuit_breakers: example.cluster.circuit_breakers,
      health_checks: example.cluster.health_checks,
      ...cluster,
    },
  });
  return await startEnvoy({ config, test: t });
}

export interface Outcome {
  readonly result: RateResult;
  readonly counts: LambdaCounts;
}

/** Keeps the rate up while `disturb` does its worst, and says in one line what came of it. */
export async function disturbed(
  t: TestContext,
  { lambda, envoy }: Scene,
  disturb: () => Promise<void>,
  duration = seconds,
): Promise<Outcome> {
  const load = runRate({ url: envoy.url, perSecond, seconds: duration, maxConnections: 12_000 });
  await pause(QUIET_MS);
  await disturb();
  const result = await load;
  const counts = await lambda.counts();
  const { requests, failures, statuses, errors, connections, p50, p99, max } = result;
  const rate = Math.round(result.perSecond);
  t.diagnostic(
    `${failures} of ${requests} failed at ${rate}/s ${JSON.stringify({ ...statuses, ...errors })}; ` +
      `p50 ${p50.toFixed(1)}, p99 ${p99.toFixed(0)}, max ${max.toFixed(0)} ms; ${connections} connections; ` +
      `${counts.ran} ran, ${counts.twice} twice`,
  );
  assert.equal(result.errors.unanswered, undefined, 'every request is answered');
  assert.equal(counts.twice, 0, 'no invocation runs twice');
  return { result, counts };
}

export function assertNoneFailed({ result, counts }: Outcome): void {
  assert.deepEqual(result.errors, {});
  assert.deepEqual(result.statuses, { 200: result.requests });
  assert.equal(counts.ran, result.requests);
}

/** By the server's own count: invocations that ended with the policy's key. */
export async function failedInvocations(sidecar: RunningSidecar): Promise<number> {
  const text = await (await fetch(`${sidecar.adminUrl}/metrics`)).text();
  return text
    .split('\n')
    .filter(
      (line) => line.startsWith('lambda_ext_proc_invocations_total{') && line.includes('AWS_LAMBDA_INVALID_RESPONSE'),
    )
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}

/** A server at rest has some 30 handles, and a handful of connections that Envoy, the probe and the Lambda keep. */
const HANDLES_AT_REST = 64;

/** Nothing goes on and nothing is held: no stream, no byte, no invocation, and in each process few open handles. */
export async function settled(t: TestContext, sidecar: RunningSidecar, lambda: TroubledLambda): Promise<void> {
  await until(async () => (await sidecar.metric('lambda_ext_proc_streams_in_flight')) === 0);
  assert.equal(await sidecar.metric('lambda_ext_proc_streams_in_flight'), 0);
  assert.equal(await sidecar.metric('lambda_ext_proc_buffered_bytes'), 0);
  assert.equal((await lambda.counts()).waiting, 0);
  const pids = processes(sidecar.pid);
  // Connections to the Lambda are closed when they were idle for some seconds.
  await until(() => pids.every((pid) => handles(pid) <= HANDLES_AT_REST));
  const rest = pids.map((pid) => ({ handles: handles(pid), rssMiB: rssMiB(pid) }));
  t.diagnostic(`afterwards ${rest.map((each) => `${each.rssMiB} MiB RSS, ${each.handles} handles`).join('; ')}`);
  for (const each of rest) assert.ok(each.handles <= HANDLES_AT_REST, `${each.handles} handles`);
}

/** The server, and its workers where it is their supervisor. */
function processes(pid: number): readonly number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return [pid, ...(children === '' ? [] : children.split(' ').map(Number))];
}

function handles(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

function rssMiB(pid: number): number {
  return Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024);
}

export async function until(fits: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 200 && !(await fits()); i++) await pause(50);
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
