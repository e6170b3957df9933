import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { type Environment, startEnvironment } from './environment.ts';
import type { Json } from './envoy-config.ts';
import { type OtlpReceiver, startOtlpReceiver } from './otlp-receiver.ts';

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

function tracingEnvoy({ endpoint }: OtlpReceiver) {
  const uri = { uri: `${endpoint}/v1/traces`, cluster: 'otlp', timeout: '1s' };
  const provider = {
    name: 'envoy.tracers.opentelemetry',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.config.trace.v3.OpenTelemetryConfig',
      http_service: { http_uri: uri },
      service_name: 'envoy',
    },
  };
  return {
    envoy: { connectionManager: { tracing: { provider, random_sampling: { value: 100 } } } },
    changeEnvoy: (config: Json): Json => {
      const copy = structuredClone(config) as {
        static_resources: { clusters: Json[] };
        layered_runtime: { layers: { static_layer: Json }[] };
      };
      copy.static_resources.clusters.push(clusterOf(endpoint));
      // By default spans leave Envoy after five seconds.
      for (const layer of copy.layered_runtime.layers) {
        layer.static_layer['tracing.opentelemetry.flush_interval_ms'] = 20;
        layer.static_layer['tracing.opentelemetry.min_flush_spans'] = 1;
      }
      return copy;
    },
  };
}

function clusterOf(endpoint: string): Json {
  const address = { socket_address: { address: '127.0.0.1', port_value: Number(new URL(endpoint).port) } };
  return {
    name: 'otlp',
    type: 'STATIC',
    load_assignment: { cluster_name: 'otlp', endpoints: [{ lb_endpoints: [{ endpoint: { address } }] }] },
  };
}
