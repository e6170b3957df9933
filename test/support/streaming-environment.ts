import type { TestContext } from 'node:test';
import { type Environment, startEnvironment } from './environment.ts';
import type { EnvoyConfigOptions, RouteOptions } from './envoy-config.ts';
import { StreamingStub, type StreamScript, type StubStream } from './streaming-stub.ts';

const base = { request_header_mode: 'SEND', response_header_mode: 'SKIP' } as const;
/** Routes by how they send bodies. */
const modes = {
  duplex: { ...base, request_body_mode: 'FULL_DUPLEX_STREAMED', request_trailer_mode: 'SEND' },
  none: { ...base, request_body_mode: 'NONE' },
  buffered: { ...base, request_body_mode: 'BUFFERED' },
  streamed: { ...base, request_body_mode: 'STREAMED' },
} as const;

/** Adds the cookies of a streamed answer that are not its first. */
export const COOKIES = 3;
const cookieFilter = {
  name: 'envoy.filters.http.header_mutation',
  typed_config: {
    '@type': 'type.googleapis.com/envoy.extensions.filters.http.header_mutation.v3.HeaderMutation',
    mutations: {
      response_mutations: Array.from({ length: COOKIES - 1 }, (_, index) => ({
        append: {
          header: { key: 'set-cookie', value: `%DYNAMIC_METADATA(lambda-ext-proc:cookie${index + 2})%` },
          append_action: 'APPEND_IF_EXISTS_OR_ADD',
        },
      })),
    },
  },
};

export interface StreamingOptions {
  /** Of every step; `{}` by default. */
  readonly streaming?: object;
  /** API → more of its step's configuration; by default `raw`, whose bytes are the body, and `http`, with a prelude. */
  readonly apis?: Readonly<Record<string, object>>;
  /** API → more of it: `envoy`, `response`. Its response steps get the keys too. */
  readonly api?: Readonly<Record<string, ApiFields>>;
  /** More of the document. */
  readonly document?: object;
  readonly envoy?: Partial<EnvoyConfigOptions>;
  readonly args?: readonly string[];
  readonly nodeArgs?: readonly string[];
  readonly built?: boolean;
}

interface ApiFields {
  readonly envoy?: object;
  readonly response?: readonly { readonly condition?: string; readonly configuration: object }[];
}

/** A function that streams, the sidecar and a real Envoy. */
export interface StreamingEnvironment extends Environment {
  readonly stub: StreamingStub;
  /** What the next calls of an API's function do. */
  on(api: string, ...scripts: StreamScript[]): void;
  /** The stream of the next call of an API's function, which the test then writes itself. */
  next(api: string): Promise<StubStream>;
}

const usual: Readonly<Record<string, object>> = {
  raw: {},
  http: { responseFormat: 'api-gateway-v2' },
};

/** Envoy's side for these APIs. Routes are `/MODE/API…`: `/duplex/raw`, `/none/http`; anything else is a 404 of the backend. */
export function streamingEnvoy(apis: readonly string[]) {
  const routes: RouteOptions[] = Object.entries(modes).flatMap(([mode, processingMode]) =>
    apis.map((api) => ({
      prefix: `/${mode}/${api}`,
      name: `${mode}-${api}`,
      metadata: { 'x-lambda-api': api },
      processingMode,
    })),
  );
  return { routes, filtersBefore: [cookieFilter], connectionManager: { delayed_close_timeout: '0s' } };
}

export async function startStreaming(
  options: StreamingOptions = {},
  test?: TestContext,
): Promise<StreamingEnvironment> {
  const stub = await StreamingStub.start();
  const { apis = usual, streaming = true, document } = options;
  const keys = { region: 'us-east-1', accessKey: 'AKIDEXAMPLE', secretKey: 'secret', endpoint: stub.endpoint };
  try {
    const environment = await startEnvironment(
      {
        policies: {
          version: 1,
          envoy: { allowModeOverride: true, streamedCookies: COOKIES },
          apis: Object.fromEntries(
            Object.entries(apis).map(([api, fields]) => {
              const { response = [], ...more } = options.api?.[api] ?? {};
              const configuration = { ...keys, function: api, sendToConsumer: true, streaming, ...fields };
              return [
                api,
                {
                  ...more,
                  request: [{ name: api, configuration }],
                  response: response.map((step) => ({ ...step, configuration: { ...keys, ...step.configuration } })),
                },
              ];
            }),
          ),
          ...document,
        },
        envoy: { ...streamingEnvoy(Object.keys(apis)), ...options.envoy },
        ...(options.args === undefined ? {} : { args: options.args }),
        ...(options.nodeArgs === undefined ? {} : { nodeArgs: options.nodeArgs }),
        ...(options.built === undefined ? {} : { built: options.built }),
      },
      test,
    );
    return {
      ...environment,
      stub,
      on: (api, ...scripts) => stub.on(api, ...scripts),
      next: (api) =>
        new Promise((resolve) => {
          stub.on(api, async (stream) => {
            stream.head();
            resolve(stream);
            await stream.closed;
          });
        }),
      async stop() {
        await environment.stop();
        await stub.stop();
      },
    };
  } catch (error) {
    await stub.stop();
    throw error;
  }
}
