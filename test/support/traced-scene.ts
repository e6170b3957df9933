import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { parse } from 'yaml';
import { type Environment, startEnvironment } from './environment.ts';
import type { Json } from './envoy-config.ts';
import { type OtlpReceiver, startOtlpReceiver } from './otlp-receiver.ts';
import { tracingGuideBlock } from './tracing-guide.ts';

/** What one invocation brought along. */
export interface TracedCall {
  readonly functionName: string;
  readonly headers: IncomingHttpHeaders;
}

export interface TracedScene {
  readonly environment: Environment;
  /** For spans of the sidecar and of Envoy. */
  readonly receiver: OtlpReceiver;
  readonly calls: readonly TracedCall[];
  /** The calls of a function. */
  callsOf(functionName: string): readonly TracedCall[];
}

export const SECRET_KEY = 'wJalrXUtnFEMIsecret';

const steps = (functionName: string, more: object = {}) => ({
  request: [{ name: `call-${functionName}`, ...more, configuration: { function: functionName } }],
});

const policies = (endpoint: string) => ({
  version: 1,
  envoy: { allowModeOverride: true, responseHeaders: true },
  defaults: { region: 'us-east-1', accessKey: 'AKIDEXAMPLE', secretKey: SECRET_KEY, endpoint },
  apis: {
    plain: steps('plain'),
    throttled: steps('throttled'),
    denied: steps('denied'),
    fails: { request: [{ name: 'goes-on', onError: 'continue', configuration: { function: 'fails' } }] },
    skips: steps('skips', { condition: "{#request.headers['x-never'] != null}" }),
    private: {
      request: [
        {
          name: 'who',
          configuration: {
            function: 'plain',
            variables: [{ name: 'tenant', value: "{#request.headers['x-tenant'][0]}", private: true }],
          },
        },
        { name: 'its', configuration: { function: "of-{#context.attributes['tenant']}" } },
      ],
    },
    answers: {
      request: [{ name: 'app', configuration: { function: 'plain', sendToConsumer: true } }],
      response: [{ name: 'after', configuration: { function: 'plain' } }],
    },
  },
});

const APIS = ['plain', 'throttled', 'denied', 'fails', 'skips', 'private', 'answers'];

export interface TracedSceneOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly workers?: number;
  /** Envoy records all and sends its spans to the same receiver; absent: it has no tracer. */
  readonly envoyTraces?: boolean;
}

/** A real Envoy, a sidecar with traces on, functions that note what they get, and a receiver. */
export async function startTracedScene(test: TestContext, options: TracedSceneOptions = {}): Promise<TracedScene> {
  const receiver = await startOtlpReceiver(test);
  const calls: TracedCall[] = [];
  const endpoint = await startFunctions(test, calls);
  const environment = await startEnvironment(
    {
      policies: policies(endpoint),
      apis: APIS,
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint, OTEL_BSP_SCHEDULE_DELAY: '20', ...options.env },
      ...(options.workers === undefined ? {} : { workers: options.workers }),
      ...(options.envoyTraces === true ? tracingEnvoy(receiver) : {}),
    },
    test,
  );
  test.after(() => environment.backend.stop());
  return {
    environment,
    receiver,
    calls,
    callsOf: (functionName) => calls.filter((call) => call.functionName === functionName),
  };
}

async function startFunctions(test: TestContext, calls: TracedCall[]): Promise<string> {
  const server = createServer((request, response) => {
    const functionName = decodeURIComponent(/\/functions\/([^/]+)\//.exec(request.url ?? '')?.[1] ?? '');
    request.resume();
    request.on('end', () => {
      calls.push({ functionName, headers: request.headers });
      const earlier = calls.filter((call) => call.functionName === functionName).length - 1;
      answer(functionName, earlier, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  test.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function answer(functionName: string, earlier: number, response: ServerResponse): void {
  response.setHeader('x-amzn-requestid', `request-${functionName}-${earlier}`);
  if (functionName === 'throttled' && earlier === 0) {
    response.writeHead(429, { 'x-amzn-errortype': 'TooManyRequestsException' }).end('{"message":"Rate Exceeded."}');
  } else if (functionName === 'denied') {
    response.writeHead(403, { 'x-amzn-errortype': 'AccessDeniedException' }).end('{"Message":"no"}');
  } else {
    response.writeHead(200, functionName === 'fails' ? { 'x-amz-function-error': 'Unhandled' } : {});
    response.end('{"answer":"payload-of-the-function"}');
  }
}

/** As docs/guides/tracing.md has it, but for the address of the collector and the ratio. */
function tracingEnvoy({ endpoint }: OtlpReceiver) {
  const { host, port } = new URL(endpoint);
  const manager = tracingGuideBlock('in the http_connection_manager').replace('otel-collector:4318', host);
  const { tracing } = parse(manager) as { tracing: Json };
  const cluster = tracingGuideBlock('in clusters')
    .replace('address: otel-collector', 'address: 127.0.0.1')
    .replace('port_value: 4318', `port_value: ${port}`);
  return {
    envoy: { connectionManager: { tracing: { ...tracing, random_sampling: { value: 100 } } } },
    changeEnvoy: (config: Json): Json => {
      const copy = structuredClone(config) as {
        static_resources: { clusters: Json[] };
        layered_runtime: { layers: { static_layer: Json }[] };
      };
      copy.static_resources.clusters.push(parse(cluster) as Json);
      // By default spans leave Envoy after five seconds.
      for (const layer of copy.layered_runtime.layers) {
        layer.static_layer['tracing.opentelemetry.flush_interval_ms'] = 20;
        layer.static_layer['tracing.opentelemetry.min_flush_spans'] = 1;
      }
      return copy;
    },
  };
}
