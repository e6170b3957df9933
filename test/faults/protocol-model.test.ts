import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { bodyRefusal, isOverridden } from '../support/body-rules.ts';
import { type Exchange, ExchangeClient } from '../support/exchange.ts';
import { type RunningProcessor, startProcessor } from '../support/processor.ts';
import { type ScriptedInvoker, scriptedInvoker } from '../support/scripted-invoker.ts';
import { type HttpMessage, type Outcome, SimulatedEnvoy, type Simulation } from '../support/simulated-envoy.ts';

/** Bytes; as in the policies. */
const limit = 40;

/** What each API does to a request or response body, and to whom it answers: the model, in a few words each. */
const policies = `
version: 1
envoy: {allowModeOverride: true, responseHeaders: true}
limits: {bodyBytes: ${limit}}
apis:
  idle: {}
  enrich: {request: [{configuration: {function: late, mutations: {headers: {set: {x-q: one}}}}}]}
  replace: {request: [{configuration: {function: echo, mutations: {body: new}}}]}
  reads: {request: [{configuration: {function: slow, payload: "{#request.content}", mutations: {headers: {set: {x-q: "{#request.content}"}}}}}]}
  wraps: {request: [{configuration: {function: late, payload: "{#request.content}", mutations: {body: "<{#lambdaResponse.content}>"}}}]}
  sends: {request: [{configuration: {function: echo, payload: sent, sendToConsumer: true}}]}
  tags: {response: [{configuration: {function: echo, mutations: {headers: {set: {x-r: two}}}}}]}
  answers: {response: [{configuration: {function: late, payload: lambda, sendToConsumer: true}}]}
  rewraps: {response: [{configuration: {function: slow, payload: "{#response.content}", mutations: {body: "[{#lambdaResponse.content}]"}}}]}
  both:
    request: [{configuration: {function: echo, payload: "{#request.content}", mutations: {body: "<{#lambdaResponse.content}>"}}}]
    response: [{configuration: {function: late, payload: "{#response.content}", mutations: {body: "[{#lambdaResponse.content}]"}}}]
  fails: {request: [{configuration: {function: throws}}]}
  refails: {response: [{configuration: {function: fails, payload: "{#response.content}"}}]}
`;

interface Model {
  readonly readsRequest?: boolean;
  readonly readsResponse?: boolean;
  readonly request?: (body: string) => string;
  readonly response?: (body: string) => string;
  /** The caller's answer without a backend, or instead of its response. */
  readonly answer?: { readonly side: 'request' | 'response'; readonly status: number; readonly details: string };
}

const error = { status: 500, details: 'lambda_ext_proc{AWS_LAMBDA_INVALID_RESPONSE}' };
const models: Readonly<Record<string, Model>> = {
  idle: {},
  enrich: {},
  replace: { request: () => 'new' },
  reads: { readsRequest: true },
  // An invocation without a payload answers null.
  wraps: { readsRequest: true, request: (body) => `<${body || 'null'}>` },
  sends: { answer: { side: 'request', status: 200, details: 'lambda_ext_proc{SEND_TO_CONSUMER}' } },
  tags: {},
  answers: { response: () => 'lambda' },
  rewraps: { readsResponse: true, response: (body) => `[${body || 'null'}]` },
  both: {
    readsRequest: true,
    readsResponse: true,
    request: (body) => `<${body || 'null'}>`,
    response: (body) => `[${body || 'null'}]`,
  },
  fails: { answer: { side: 'request', ...error } },
  refails: { readsResponse: true, answer: { side: 'response', ...error } },
};

// The machine alone plays far more (test/unit/ext-proc/exchange); here it is joined to gRPC, policies and metrics.
const runs = Number(process.env.PROTOCOL_SEQUENCES ?? 5_000);
const batch = 50;
const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
const classes = new Map<string, number>();

const pieces = fc.oneof(
  { weight: 3, arbitrary: fc.array(fc.stringMatching(/^[a-z]{1,9}$/), { maxLength: 4 }) },
  { weight: 1, arbitrary: fc.constantFrom([''], ['a', ''], ['x'.repeat(39), 'yz'], ['x'.repeat(40)]) },
);
const message: fc.Arbitrary<HttpMessage> = fc.record({
  pieces: pieces.map((texts) => texts.map((text) => Buffer.from(text))),
  trailers: fc.boolean(),
  length: fc.boolean(),
});
const mode = fc.constantFrom(
  'NONE',
  'BUFFERED',
  'STREAMED',
  'BUFFERED_PARTIAL',
  'FULL_DUPLEX_STREAMED',
) as fc.Arbitrary<Simulation['modes']['request']>;
const scenario = fc.record({
  api: fc.constantFrom(...Object.keys(models)),
  simulation: fc.record({
    modes: fc.record({ request: mode, response: mode }),
    trailerMode: fc.constantFrom('SEND' as const, 'SKIP' as const),
    allowOverride: fc.boolean(),
    request: message,
    response: message,
  }),
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

test(`an Envoy that keeps the rules gets what the policies say, in every mode (${runs} sequences, seed ${seed})`, async (t) => {
  // Without shrinking: a sequence is short, and the message shows the one that failed.
  const scenarios = fc.sample(scenario, { numRuns: runs, seed });
  for (let i = 0; i < runs; i += batch) await Promise.all(scenarios.slice(i, i + batch).map(play));
  await settle();
  assert.deepEqual(
    { streams: processor.capacity.streams, bytes: processor.capacity.bufferedBytes, running: invoker.running },
    { streams: 0, bytes: 0, running: 0 },
  );
  for (const [name, count] of [...classes].sort()) t.diagnostic(`${name}: ${count}`);
});

async function play({ api, simulation }: Scenario): Promise<void> {
  const exchange: Exchange = client.open({ 'x-lambda-api': api });
  let outcome: Outcome;
  try {
    outcome = await new SimulatedEnvoy(exchange, simulation).run();
    compare(models[api] ?? {}, simulation, outcome);
  } catch (cause) {
    const text = (message: HttpMessage) => ({ ...message, pieces: message.pieces.map(String) });
    const { request, response } = simulation;
    const facts = { api, ...simulation, request: text(request), response: text(response), replies: exchange.replies };
    throw new Error(`${cause instanceof Error ? cause.message : cause} in ${JSON.stringify(facts)}`);
  }
}

function compare(model: Model, simulation: Simulation, outcome: Outcome): void {
  const requestBody = whole(simulation.request);
  if (mayBePassedBy(model, simulation)) {
    count('refused at the request headers');
    assert.equal(outcome.immediate?.details, 'lambda_ext_proc{LAMBDA_EXT_PROC_BODY_UNAVAILABLE}');
    assert.equal(outcome.request, undefined);
    return;
  }
  if (model.readsRequest) {
    const refusal = bodyRefusal(simulation, 'request', limit);
    if (refusal !== undefined) {
      count(`request refused: ${refusal}`);
      assert.deepEqual(outcome.immediate?.details, `lambda_ext_proc{LAMBDA_EXT_PROC_${refusal}}`);
      return;
    }
  }
  if (model.answer?.side === 'request') {
    count('answered in the request phase');
    checkAnswer(model.answer, outcome);
    return;
  }
  if (model.request && hasNoPlace(simulation, 'request')) {
    checkNoPlace(outcome, 'request');
    return;
  }
  assert.equal(outcome.request?.body.toString(), model.request ? model.request(requestBody) : requestBody);
  if (model.readsResponse) {
    const refusal = bodyRefusal(simulation, 'response', limit);
    if (refusal !== undefined) {
      count(`response refused: ${refusal}`);
      // Nobody asks about a body that never comes: the stream's end is logged and counted.
      const never = !isOverridden(simulation) || simulation.response.pieces.length === 0;
      if (refusal === 'BODY_UNAVAILABLE' && never && outcome.immediate === undefined) return;
      assert.deepEqual(outcome.immediate?.details, `lambda_ext_proc{LAMBDA_EXT_PROC_${refusal}}`);
      return;
    }
  }
  if (model.answer?.side === 'response') {
    count('answered in the response phase');
    checkAnswer(model.answer, outcome);
    return;
  }
  if (model.response && hasNoPlace(simulation, 'response')) {
    checkNoPlace(outcome, 'response');
    return;
  }
  count(`passed: request ${simulation.modes.request}, response ${simulation.modes.response}`);
  assert.equal(outcome.immediate, undefined);
  const responseBody = whole(simulation.response);
  assert.equal(outcome.response?.body.toString(), model.response ? model.response(responseBody) : responseBody);
}

/** The policies tell that Envoy takes overrides; in full duplex it takes none, and only these modes bring a body in time. */
function mayBePassedBy(model: Model, { modes, request }: Simulation): boolean {
  if (modes.request !== 'FULL_DUPLEX_STREAMED' && modes.response !== 'FULL_DUPLEX_STREAMED') return false;
  const isLate = (side: 'request' | 'response') => modes[side] === 'NONE' || modes[side] === 'STREAMED';
  const hasBody = request.pieces.length > 0 || request.trailers;
  return (
    (model.readsRequest === true && hasBody && isLate('request')) ||
    (model.readsResponse === true && isLate('response'))
  );
}

/** Full duplex takes no body where trailers follow the headers at once. */
function hasNoPlace({ modes, ...messages }: Simulation, side: 'request' | 'response'): boolean {
  const { pieces, trailers } = messages[side];
  return modes[side] === 'FULL_DUPLEX_STREAMED' && pieces.length === 0 && trailers;
}

function checkNoPlace(outcome: Outcome, side: 'request' | 'response'): void {
  count(`${side} refused: no place for a new body`);
  assert.equal(outcome.immediate?.details, 'lambda_ext_proc{LAMBDA_EXT_PROC_BODY_UNAVAILABLE}');
  assert.equal(outcome[side], undefined);
}

function checkAnswer(answer: NonNullable<Model['answer']>, outcome: Outcome): void {
  assert.equal(outcome.immediate?.status, answer.status);
  assert.equal(outcome.immediate?.details, answer.details);
  assert.equal(outcome[answer.side], undefined);
}

function whole(message: HttpMessage): string {
  return Buffer.concat(message.pieces).toString();
}

function count(name: string): void {
  classes.set(name, (classes.get(name) ?? 0) + 1);
}

async function settle(): Promise<void> {
  for (let i = 0; i < 100 && processor.capacity.streams > 0; i++)
    await new Promise((resolve) => setTimeout(resolve, 20));
}
