import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { status } from '@grpc/grpc-js';
import fc from 'fast-check';
import { ExchangeClient, type Message, requestHeaders, responseHeaders } from '../support/exchange.ts';
import { type RunningProcessor, startProcessor } from '../support/processor.ts';
import { type ScriptedInvoker, scriptedInvoker } from '../support/scripted-invoker.ts';
import { checkReply } from '../support/simulated-envoy.ts';

const policies = `
version: 1
envoy: {allowModeOverride: true, responseHeaders: true}
limits: {bodyBytes: 100}
apis:
  idle: {}
  enrich: {request: [{configuration: {function: late, mutations: {headers: {set: {x-q: one}}}}}]}
  both:
    request: [{configuration: {function: echo, payload: "{#request.content}"}}]
    response: [{configuration: {function: late, payload: "{#response.content}", mutations: {body: "[{#lambdaResponse.content}]"}}}]
  sends: {request: [{configuration: {function: slow, payload: sent, sendToConsumer: true}}]}
  answers: {response: [{configuration: {function: late, payload: lambda, sendToConsumer: true}}]}
  fails: {request: [{configuration: {function: throws}}]}
  hangs: {request: [{configuration: {function: hangs}}], response: [{configuration: {function: hangs}}]}
`;

// The machine alone plays far more (test/unit/ext-proc/exchange); here it is joined to gRPC, policies and metrics.
const runs = Number(process.env.PROTOCOL_SEQUENCES ?? 5_000);
const batch = 50;
const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
const classes = new Map<string, number>();

const modes = ['NONE', 'BUFFERED', 'STREAMED', 'BUFFERED_PARTIAL', 'FULL_DUPLEX_STREAMED', 'GRPC'] as const;
const body = fc.record({ text: fc.stringMatching(/^[a-z]{0,60}$/), end: fc.boolean() });
const step = fc.oneof(
  { weight: 3, arbitrary: fc.boolean().map((end) => ({ kind: 'request_headers' as const, end })) },
  { weight: 3, arbitrary: fc.boolean().map((end) => ({ kind: 'response_headers' as const, end })) },
  { weight: 3, arbitrary: body.map((piece) => ({ kind: 'request_body' as const, ...piece })) },
  { weight: 3, arbitrary: body.map((piece) => ({ kind: 'response_body' as const, ...piece })) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('request_trailers' as const, 'response_trailers' as const).map((kind) => ({ kind })),
  },
  { weight: 1, arbitrary: fc.constantFrom('empty' as const, 'late_protocol' as const).map((kind) => ({ kind })) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
/** Half of the sequences begin as a request does, so that they get further. */
const steps = fc.oneof(
  fc.array(step, { maxLength: 8 }),
  fc.array(step, { maxLength: 6 }).map((rest): Step[] => [{ kind: 'request_headers', end: false }, ...rest]),
);
const scenario = fc.record({
  api: fc.constantFrom('idle', 'enrich', 'both', 'sends', 'answers', 'fails', 'hangs', 'unknown', ''),
  request: fc.constantFrom(...modes),
  response: fc.constantFrom(...modes),
  observability: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
  /** Waits for each reply a moment, or sends everything at once. */
  paced: fc.boolean(),
  end: fc.constantFrom('half-close' as const, 'cancel' as const),
  steps,
});
type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

let processor: RunningProcessor;
let client: ExchangeClient;
let invoker: ScriptedInvoker;

before(async () => {
  invoker = scriptedInvoker();
  processor = await startProcessor({ policies, invoker });
  client = new ExchangeClient(processor.address);
});
after(async () => {
  client.close();
  await processor.stop();
});

test(`no sequence of messages crashes, hangs or leaks (${runs} sequences, seed ${seed})`, async (t) => {
  // Observability mode leaves invocations alone when Envoy goes away: one that hangs would hang on.
  const scenarios = fc
    .sample(scenario, { numRuns: runs, seed })
    .map((scene) => (scene.api === 'hangs' ? { ...scene, observability: false } : scene));
  for (let i = 0; i < runs; i += batch) {
    await Promise.all(scenarios.slice(i, i + batch).map(play));
    // A stream that keeps the rules is served whatever its neighbours did.
    if (i % 1000 === 0) await canary();
  }
  for (let i = 0; i < 250 && (processor.capacity.streams > 0 || invoker.running > 0); i++) await pause(20);
  assert.deepEqual(
    { streams: processor.capacity.streams, bytes: processor.capacity.bufferedBytes, running: invoker.running },
    { streams: 0, bytes: 0, running: 0 },
  );
  for (const [name, count] of [...classes].sort()) t.diagnostic(`${name}: ${count}`);
});

test('a backend that answers a request whose headers never came here is turned into an error', async () => {
  const exchange = client.open({ 'x-lambda-api': 'fails' });
  const reply = await exchange.ask({ ...responseHeaders(true), protocol_config: {} });
  assert.equal(reply?.immediate_response?.details, 'lambda_ext_proc{LAMBDA_EXT_PROC_INTERNAL}');
  await exchange.end();
});

test('an answer ends a stream whose queue was full, and the end of it is seen', async () => {
  const exchange = client.open({ 'x-lambda-api': 'sends' });
  const modes = { request_body_mode: 'FULL_DUPLEX_STREAMED', response_body_mode: 'NONE' } as const;
  exchange.send({ ...requestHeaders(false), protocol_config: modes });
  for (let i = 0; i < 40; i++) exchange.send({ request_body: { body: Buffer.alloc(64 * 1024) } });
  await exchange.until(1);
  assert.ok(exchange.replies[0]?.immediate_response);
  const ended = await Promise.race([exchange.end(), pause(3000)]);
  assert.equal(ended?.code, status.OK);
});

async function play(scene: Scenario): Promise<void> {
  const exchange = client.open(scene.api === '' ? {} : { 'x-lambda-api': scene.api });
  const protocol = { request_body_mode: scene.request, response_body_mode: scene.response };
  for (const [i, each] of scene.steps.entries()) {
    const first = i === 0 ? { protocol_config: protocol, observability_mode: scene.observability } : {};
    exchange.send({ ...message(each, protocol), ...first });
    if (scene.paced) await Promise.race([exchange.until(i + 1), pause(1)]);
  }
  if (scene.end === 'cancel') {
    // grpc-js as a client sends no RST_STREAM for a stream that it has not begun to send.
    await pause(scene.paced ? 1 : 5);
    await exchange.cancel();
    count('cancelled');
    return;
  }
  const ended = await Promise.race([exchange.end(), pause(5000)]);
  try {
    assert.ok(ended, 'the stream hangs');
    const violation = violationOf(scene.steps);
    const answered = exchange.replies.findIndex((reply) => reply.immediate_response);
    assert.ok(answered === -1 || answered === exchange.replies.length - 1, 'a reply after the immediate response');
    for (const reply of exchange.replies) checkReply(reply);
    if (scene.observability) assert.equal(exchange.replies.length, 0, 'a reply in observability mode');
    if (violation === undefined || answered !== -1) assert.equal(ended.code, status.OK);
    // An answer that was under way when the violation came ends the stream in order.
    else assert.ok(ended.code === status.INVALID_ARGUMENT || (ended.code === status.OK && scene.observability));
    const kind = ended.code === status.OK ? 'kept the rules' : ended.details;
    count(answered === -1 ? kind : 'answered at once');
  } catch (cause) {
    const facts = JSON.stringify({ ...scene, replies: exchange.replies, ended });
    throw new Error(`${cause instanceof Error ? cause.message : cause} in ${facts}`);
  }
}

async function canary(): Promise<void> {
  const exchange = client.open({ 'x-lambda-api': 'enrich' });
  const reply = await exchange.ask({ ...requestHeaders(true), protocol_config: {} });
  assert.equal(reply?.request_headers?.response?.header_mutation?.set_headers?.[0]?.header?.key, 'x-q');
  assert.equal((await exchange.end()).code, status.OK);
}

/** The rules for the order of messages, written once more: one letter each, `!` where a message ends its direction. */
function violationOf(all: readonly Step[]): string | undefined {
  let begun = false;
  const sides = { request: '', response: '' };
  for (const each of all) {
    if (each.kind === 'empty') return 'empty_message';
    if (each.kind === 'late_protocol') {
      if (begun) return 'late_protocol_config';
      begun = true;
      sides.request += 'H';
      continue;
    }
    begun = true;
    const [side, part] = each.kind.split('_') as ['request' | 'response', 'headers' | 'body' | 'trailers'];
    const end = part === 'trailers' || ('end' in each && each.end);
    sides[side] += `${part.charAt(0).toUpperCase()}${end ? '!' : ''}`;
    if (!/^H?B*(H!|B!|T!)?$/.test(sides[side]) || /B.*H/.test(sides[side]) || /^H.*H/.test(sides[side]))
      return sides[side];
  }
  return undefined;
}

function message(each: Step, protocol: NonNullable<Message['protocol_config']>): Message {
  switch (each.kind) {
    case 'request_headers':
      return requestHeaders(each.end);
    case 'response_headers':
      return responseHeaders(each.end);
    case 'request_body':
    case 'response_body':
      return { [each.kind]: { body: Buffer.from(each.text), end_of_stream: each.end } };
    case 'request_trailers':
    case 'response_trailers':
      return { [each.kind]: { trailers: { headers: [] } } };
    case 'empty':
      return {};
    default:
      return { ...requestHeaders(false), protocol_config: protocol };
  }
}

function count(name: string): void {
  classes.set(name, (classes.get(name) ?? 0) + 1);
}

function pause(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, ms, undefined));
}
