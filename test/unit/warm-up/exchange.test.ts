// What is sent again does the same as what was sent first, and nothing hangs where it does not.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { loadPolicies } from '../../../src/config/index.ts';
import { createExternalProcessor, selectingMetadata } from '../../../src/ext-proc/index.ts';
import { createLogger, Metrics } from '../../../src/observability/index.ts';
import type { PolicySet, PolicyStep } from '../../../src/policy/index.ts';
import { createServer } from '../../../src/server/index.ts';
import { EnvoyConnection } from '../../../src/warm-up/envoy-connection.ts';
import { headerBlock } from '../../../src/warm-up/http2-frames.ts';
import { warmUpPolicies } from '../../../src/warm-up/index.ts';
import { LoopbackFunction } from '../../../src/warm-up/loopback-function.ts';
import { RecordedExchange } from '../../../src/warm-up/recorded-exchange.ts';
import { warmUpEnvoy, warmUpRequests } from '../../../src/warm-up/requests.ts';
import { socketPair } from '../../../src/warm-up/socket-pair.ts';
import { standInPolicies } from '../../../src/warm-up/stand-in-policies.ts';
import { type ScriptedInvoker, scriptedInvoker } from '../../support/scripted-invoker.ts';

const DOCUMENT = `version: 1
envoy: {allowModeOverride: true}
apis:
  body:
    request: [{name: body, condition: 'true', configuration: {function: echo, region: us-east-1, payload: "{#request.content}"}}]
    response: [{name: after, configuration: {function: echo, region: us-east-1, payload: "{#response.content}"}}]
  answer:
    request: [{name: answer, configuration: {function: echo, region: us-east-1, payload: x, sendToConsumer: true}}]
`;

/** By their numbers: see standInPolicies. */
const BODY = '0';
const ANSWER = '1';

interface Scene {
  readonly connection: EnvoyConnection;
  readonly invoker: ScriptedInvoker;
  readonly metrics: Metrics;
  exchange(number: string): RecordedExchange;
}

async function scene(t: TestContext, set: PolicySet): Promise<Scene> {
  const metrics = new Metrics();
  const invoker = scriptedInvoker();
  const logger = createLogger({ level: 'silent' });
  const node = { id: null, version: '1', tenant: null, zone: null, shardingTags: [] };
  const processor = createExternalProcessor({ policies: { current: () => set }, invoker, metrics, logger, node });
  const server = await createServer({
    services: [processor],
    listeners: [],
    maxBodyBytes: 1024 * 1024,
    maxConcurrentStreams: 100,
    metadata: selectingMetadata,
    logger,
  });
  const [near, far] = await socketPair(new AbortController().signal);
  const connection = new EnvoyConnection(near);
  server.accept(far);
  t.after(async () => {
    connection.close();
    await server.close();
    metrics.stop();
  });
  const { Process: method } = processor.definition;
  const [, request] = warmUpRequests;
  assert.ok(method !== undefined && request !== undefined);
  const envoy = { setup: warmUpEnvoy, attributes: { request: new Map(), response: new Map() }, metadata: {} };
  return {
    connection,
    invoker,
    metrics,
    exchange: (number) => {
      const headers = { ':method': 'POST', ':scheme': 'http', ':path': method.path, ':authority': 'a', te: 'trailers' };
      const block = headerBlock({ ...headers, 'content-type': 'application/grpc', 'x-lambda-api': number });
      return new RecordedExchange({ method, headers: block, request, envoy });
    },
  };
}

async function streams({ metrics }: Scene): Promise<Readonly<Record<string, number>>> {
  const all = (await metrics.snapshot()).find(({ name }) => name === 'lambda_ext_proc_streams_total');
  return Object.fromEntries((all?.values ?? []).map(({ labels, value }) => [String(labels.outcome), Number(value)]));
}

test('a recorded request is served as the first one, often enough to use up the window of the connection', async (t) => {
  const set = standInPolicies((await loadPolicies(DOCUMENT, 'policies.yaml')).set);
  const played = await scene(t, set);
  const [body, answer] = [played.exchange(BODY), played.exchange(ANSWER)];
  await body.run(played.connection);
  await answer.run(played.connection);
  assert.equal(played.invoker.calls, 3);
  const worker = async (): Promise<void> => {
    for (let i = 0; i < 20; i++) {
      await body.run(played.connection);
      await answer.run(played.connection);
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
  assert.equal(played.invoker.calls, 3 + 16 * 20 * 3);
  const { failed = 0, refused = 0, ...others } = await streams(played);
  assert.deepEqual({ failed, refused }, { failed: 0, refused: 0 }, JSON.stringify(others));
});

test('a request that takes another way than the recorded one ends', async (t) => {
  const set = standInPolicies((await loadPolicies(DOCUMENT, 'policies.yaml')).set);
  let number = BODY;
  const played = await scene(t, { ...set, byName: () => set.byName(number) });
  const exchange = played.exchange(BODY);
  await exchange.run(played.connection);
  number = ANSWER;
  await exchange.run(played.connection);
  await exchange.run(played.connection);
  assert.equal(played.invoker.calls, 2 + 1 + 1);
});

test('policies run whatever the name of their API and the limits of the document', async () => {
  const name = `ä${'x'.repeat(300)}`;
  const document = DOCUMENT.replace('  body:', `  "${name}":`).replace('apis:', 'limits: {streams: 1}\napis:');
  const { set } = await loadPolicies(document, 'policies.yaml');
  let evaluated = 0;
  const counted = (step: PolicyStep): PolicyStep => {
    const { condition } = step;
    if (condition === undefined) return step;
    const counting = Object.assign(Object.create(condition), {
      evaluateBoolean: (...given: Parameters<typeof condition.evaluateBoolean>) => {
        evaluated++;
        return condition.evaluateBoolean(...given);
      },
    });
    return { ...step, condition: counting };
  };
  const api = set.byName(name);
  assert.ok(api !== undefined);
  const apis = new Map([...set.apis, [name, { ...api, request: api.request.map(counted) }]]);
  await warmUpPolicies({ set: { ...standInPolicies(set), apis }, budgetMs: 60_000, version: '1' });
  assert.equal(evaluated, 2 * 20);
});

test('the function finds the ends of requests, however their bytes come', async (t) => {
  const lambda = await LoopbackFunction.start();
  t.after(() => lambda.stop());
  const socket = connect({ port: Number(new URL(lambda.endpoint).port), host: '127.0.0.1', noDelay: true });
  t.after(() => socket.destroy());
  const request = 'POST /f HTTP/1.1\r\nhost: h\r\nContent-Length: 4\r\n\r\n\r\n\r\n';
  let received = '';
  socket.on('data', (chunk) => {
    received += chunk;
  });
  const answers = async (count: number): Promise<void> => {
    while (received.split('HTTP/1.1 200 OK').length - 1 < count) await once(socket, 'data');
    assert.equal(received.split('HTTP/1.1 200 OK').length - 1, count);
  };
  socket.write(request);
  await answers(1);
  socket.write(request.slice(0, -1));
  socket.write(`${request.slice(-1)}${request}${request}`);
  await answers(4);
});
