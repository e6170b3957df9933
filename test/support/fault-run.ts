import type { TestContext } from 'node:test';
import { type ContainerAgent, startContainerAgent } from './container-agent.ts';
import { type Environment, startEnvironment } from './environment.ts';
import type { RouteOptions } from './envoy-config.ts';
import { FaultStub } from './fault-stub.ts';
import { type OtlpReceiver, startOtlpReceiver } from './otlp-receiver.ts';
import { ended, frame, openSession, openStream } from './raw-streams.ts';
import { startRedis } from './redis-server.ts';
import { StreamingStub } from './streaming-stub.ts';

/** APIs by what goes wrong with each; the function has the API's name. The metrics, alerts and log lines of each are its own. */
const FAULTS = {
  well: {},
  throttled: { retry: { maxAttempts: 2 } },
  denied: {},
  missing: {},
  slow: { readTimeoutMs: 200, retry: { maxAttempts: 1 } },
  failing: {},
  expression: { payload: "{#request.headers['x-absent'][0].substring(1)}" },
  body: { payload: '{"length": {#request.content.length()}}' },
  sleepy: {},
  circuit: { circuitBreaker: { failures: 2, openMs: 500 }, retry: { maxAttempts: 1 } },
  narrow: { maxConcurrency: 1 },
  hanging: { readTimeoutMs: 4000, retry: { maxAttempts: 1 } },
  cached: { payload: { path: '{#request.path}' }, cache: { ttlSeconds: 1 } },
} as const;
export type Fault = keyof typeof FAULTS | 'machine' | 'role' | 'streamed';

/** Seconds that the credentials of the machine last, once given. */
const LIFETIME = 20;
/** Streams that each worker takes at a time. */
const STREAMS = 40;

export interface FaultRun {
  readonly environment: Environment;
  readonly traces: OtlpReceiver;
  /** Answers of every kind, each `times` times and each with this trace. */
  call(fault: Fault, traceId: string, times?: number): Promise<readonly number[]>;
  /** More requests at a time than the process takes. */
  overload(traceId: string): Promise<readonly number[]>;
  /** Routes that lead to no API, a response of a request that was never seen, messages that the protocol does not have. */
  misuse(): Promise<void>;
  /** Other policies that are right, or some that cannot be used. */
  change(areRight: boolean): void;
  /** The source of the machine's credentials has none any more; some time after their end Lambda refuses the old ones. */
  endCredentials(): void;
}

/** Backend, functions that go wrong, the sidecar with two workers, a store, and a real Envoy that lacks a setting. */
export async function startFaultRun(test: TestContext): Promise<FaultRun> {
  const lambda = await FaultStub.start();
  const streaming = await StreamingStub.start();
  const agent = await startContainerAgent(LIFETIME);
  test.after(async () => {
    await agent.stop();
    await streaming.stop();
    await lambda.stop();
  });
  const traces = await startOtlpReceiver(test);
  const redis = await startRedis(test);
  script(lambda, streaming);
  const document = policies(lambda.endpoint, streaming.endpoint, redis.url);
  const environment = await startEnvironment(
    {
      policies: document,
      workers: 2,
      envoy: { routes: routes(), allowModeOverride: false, responseAttributes: [] },
      env: {
        ...agent.env,
        OTEL_EXPORTER_OTLP_ENDPOINT: traces.endpoint,
        AWS_ENDPOINT_URL_STS: lambda.endpoint,
        LAMBDA_EXT_PROC_SECRET_STORE: 'the secret of the store',
      },
      nodeArgs: ['--import', new URL('provoked-trouble.ts', import.meta.url).href],
    },
    test,
  );
  test.after(() => environment.backend.stop());
  return { ...faultRun(environment, agent, document, lambda), traces };
}

function script(lambda: FaultStub, streaming: StreamingStub): void {
  const ok = { status: 200, body: '{"ok": true}' };
  const throttled = { 'x-amzn-requestid': 'aws-throttled' };
  lambda.script('throttled', { kind: 'error', type: 'TooManyRequestsException', headers: throttled });
  lambda.script('denied', { kind: 'answer', answer: lambda.errorAnswer('AccessDeniedException') });
  lambda.script('missing', { kind: 'error', type: 'ResourceNotFoundException' });
  lambda.script('slow', { kind: 'hang', after: 'nothing' });
  lambda.script('hanging', { kind: 'hang', after: 'nothing' });
  const failure = '{"errorType": "TypeError", "errorMessage": "total is undefined"}';
  const unhandled = { 'x-amz-function-error': 'Unhandled' };
  lambda.script('failing', { kind: 'answer', answer: { status: 200, headers: unhandled, body: failure } });
  lambda.script('sleepy', { kind: 'late', answer: ok, afterMs: 1200 });
  lambda.script('narrow', { kind: 'late', answer: ok, afterMs: 300 });
  lambda.script('circuit', { kind: 'error', type: 'ServiceException' });
  for (const name of ['well', 'machine', 'role', 'cached', 'body', 'expression'])
    lambda.script(name, { kind: 'answer', answer: ok });
  streaming.on('streamed', async (stream) => {
    stream.head();
    stream.chunk('one');
    stream.complete();
  });
}

function policies(endpoint: string, streamingEndpoint: string, redisUrl: string): object {
  const keys = { accessKey: 'AKIDEXAMPLE', secretKey: 'secret' };
  const step = (name: string, extra: object) => ({
    request: [{ name, configuration: { function: name, region: 'us-east-1', endpoint, ...extra } }],
  });
  const role = 'arn:aws:iam::111111111111:role/away';
  return {
    version: 1,
    // Nobody says what Envoy hides: what needs it is refused.
    envoy: {},
    limits: { streams: STREAMS },
    resultStore: { redis: { url: redisUrl }, secret: "{#secrets.get('env:LAMBDA_EXT_PROC_SECRET_STORE')}" },
    apis: {
      ...Object.fromEntries(Object.entries(FAULTS).map(([name, extra]) => [name, step(name, { ...keys, ...extra })])),
      machine: step('machine', {}),
      role: step('role', { ...keys, roleArn: role }),
      streamed: step('streamed', {
        ...keys,
        endpoint: streamingEndpoint,
        sendToConsumer: true,
        streaming: { prelude: false },
      }),
      unseen: {
        response: [{ configuration: { function: 'well', endpoint, ...keys } }],
        envoy: { responseHeaders: true },
      },
    },
  };
}

function routes(): readonly RouteOptions[] {
  const names = [...Object.keys(FAULTS), 'machine', 'role', 'streamed'];
  const skipsRequest = { request_header_mode: 'SKIP', response_header_mode: 'SEND' } as const;
  return [
    ...names.map((name) => ({ prefix: `/${name}`, name, metadata: { 'x-lambda-api': name } })),
    { prefix: '/unseen', name: 'unseen', metadata: { 'x-lambda-api': 'unseen' }, processingMode: skipsRequest },
    { prefix: '/nowhere', name: 'nowhere', metadata: {} },
  ];
}

function faultRun(
  environment: Environment,
  agent: ContainerAgent,
  document: object,
  lambda: FaultStub,
): Omit<FaultRun, 'traces'> {
  const ask = async (path: string, traceId: string): Promise<number> => {
    const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-01` };
    // A request with a body: one without has none that a policy could wait for.
    const init = path.startsWith('/body') ? { method: 'POST', body: 'x' } : {};
    return (await environment.call(path, { ...init, headers })).status;
  };
  return {
    environment,
    call: (fault, traceId, times = 1) =>
      Promise.all(Array.from({ length: times }, (_, index) => ask(`/${fault}/${index % 3}`, traceId))),
    overload: (traceId) => Promise.all(Array.from({ length: 4 * STREAMS }, () => ask('/hanging', traceId))),
    async misuse() {
      await ask('/nowhere', '1'.repeat(32));
      await ask('/unseen', '1'.repeat(32));
      const session = await openSession(environment.sidecar.address);
      const stream = openStream(session);
      // A ProcessingRequest without any of its messages.
      stream.write(frame(new Uint8Array()));
      await ended(stream);
      session.close();
    },
    change(areRight) {
      const other = areRight
        ? { ...document, unmatched: 'reject' }
        : { ...document, apis: { orders: { request: [{}] } } };
      environment.sidecar.writeConfig(other);
    },
    endCredentials() {
      agent.lifetime = undefined;
      // Lambda takes them for a while after their end, and then does not.
      const refused = { ...lambda.errorAnswer('ExpiredTokenException'), status: 403 };
      setTimeout(() => lambda.script('machine', { kind: 'answer', answer: refused }), 1000 * (LIFETIME + 15)).unref();
    },
  };
}
