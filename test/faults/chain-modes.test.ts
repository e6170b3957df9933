// An arbitrary chain of policies in both phases gives the same result whether Envoy sends bodies whole or in pieces.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { ExchangeClient } from '../support/exchange.ts';
import { effective } from '../support/policy-chains.ts';
import { type RunningProcessor, startProcessor } from '../support/processor.ts';
import { scriptedInvoker } from '../support/scripted-invoker.ts';
import { type HttpMessage, type Outcome, SimulatedEnvoy } from '../support/simulated-envoy.ts';

const chains = 300;
const bodiesPerChain = Number(process.env.CHAIN_BODIES ?? 5);
const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);

const requestText = fc.constantFrom(
  'fixed',
  '{#request.content}',
  '{#request.content.length()}',
  "{#request.headers['content-type']}",
  "{#request.headers['x-set']}",
  "{#context.attributes['v']}",
  '{#lambdaResponse?.content}',
  'a{#request.content}b{#request.method}',
);
const responseText = fc.oneof(
  requestText,
  fc.constantFrom(
    '{#response.content}',
    '{#response.status}',
    "{#response.headers['x-backend']}",
    '<{#response.content}>',
  ),
);

const some = <T>(value: fc.Arbitrary<T>, weight = 1) =>
  fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, { weight, arbitrary: value });

function step(text: fc.Arbitrary<string>) {
  return fc
    .record({
      condition: some(
        fc.constantFrom('true', '{(1 == 2)}', "{#request.content == 'x'}", '{#context.attributes.nothing.at.all}'),
      ),
      onError: some(fc.constantFrom('continue', 'fail')),
      function: fc.oneof(
        { weight: 12, arbitrary: fc.constantFrom('echo', 'late', 'slow') },
        { weight: 1, arbitrary: fc.constantFrom('fails', 'throws') },
      ),
      payload: some(text, 6),
      variable: some(text, 3),
      sendToConsumer: some(fc.constantFrom<boolean | string>(true, true, "{#lambdaResponse.content == 'fixed'}")),
      mutations: changes(text),
      answer: changes(text),
    })
    .map(({ condition, onError, variable, mutations, answer, ...configuration }) => ({
      ...(condition && { condition }),
      ...(onError && { onError }),
      configuration: {
        ...Object.fromEntries(Object.entries(configuration).filter(([, value]) => value !== undefined)),
        ...(variable && { variables: [{ name: 'v', value: variable }] }),
        mutations,
        answer,
      },
    }));
}

function changes(text: fc.Arbitrary<string>) {
  return fc
    .record({ body: some(text, 2), header: some(text, 3), append: some(text), remove: fc.boolean() })
    .map(({ body, header, append, remove }) => ({
      ...(body && { body }),
      headers: {
        ...(header && { set: { 'x-set': header } }),
        ...(append && { append: { 'x-append': append } }),
        ...(remove && { remove: ['x-remove'] }),
      },
    }));
}

const chain = fc
  .record({
    request: fc.array(step(requestText), { maxLength: 4 }),
    response: fc.array(step(responseText), { maxLength: 4 }),
  })
  .map(effective);
const body = fc.array(fc.constantFrom('x', 'yy', '', 'fixed', 'ä'.repeat(20)), { maxLength: 4 });

let processor: RunningProcessor;
let client: ExchangeClient;
const classes = new Map<string, number>();

before(async () => {
  const apis = fc.sample(chain, { numRuns: chains, seed }).map((each, i) => [`c${i}`, each]);
  processor = await startProcessor({
    policies: JSON.stringify({ version: 1, envoy: { responseHeaders: true }, apis: Object.fromEntries(apis) }),
    invoker: scriptedInvoker(),
  });
  client = new ExchangeClient(processor.address);
});
after(async () => {
  client?.close();
  await processor?.stop();
});

test(`${chains} chains with ${bodiesPerChain} pairs of bodies each (seed ${seed})`, async (t) => {
  for (let i = 0; i < chains; i++) {
    const bodies = fc.sample(fc.tuple(body, body), { numRuns: bodiesPerChain, seed: seed + i });
    await Promise.all(bodies.map(([request, response]) => same(`c${i}`, request, response)));
  }
  for (const [name, count] of [...classes].sort()) t.diagnostic(`${name}: ${count}`);
});

async function same(api: string, request: readonly string[], response: readonly string[]): Promise<void> {
  const whole = await play(api, 'BUFFERED', request, response);
  const pieces = await play(api, 'FULL_DUPLEX_STREAMED', request, response);
  const name = whole.immediate ? `answered: ${whole.immediate.details}` : 'went to the backend and back';
  classes.set(name, (classes.get(name) ?? 0) + 1);
  assert.deepEqual(readable(pieces), readable(whole), JSON.stringify({ api, request, response }));
}

function play(
  api: string,
  mode: 'BUFFERED' | 'FULL_DUPLEX_STREAMED',
  request: readonly string[],
  response: readonly string[],
): Promise<Outcome> {
  const message = (pieces: readonly string[]): HttpMessage => ({
    pieces: pieces.map((piece) => Buffer.from(piece)),
    trailers: false,
    length: false,
  });
  return new SimulatedEnvoy(client.open({ 'x-lambda-api': api }), {
    modes: { request: mode, response: mode },
    trailerMode: 'SKIP',
    allowOverride: true,
    request: message(request),
    response: message(response),
  }).run();
}

/** `trailer` goes where a new body gets a length, which trailers cannot follow: that depends on the mode. */
function readable({ request, response, immediate }: Outcome) {
  const part = (passed: Outcome['request']) =>
    passed && {
      body: passed.body.toString(),
      headers: [...passed.headers].filter(([name]) => name !== 'trailer').sort(),
    };
  return { request: part(request), response: part(response), immediate };
}
