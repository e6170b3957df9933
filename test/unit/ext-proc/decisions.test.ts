// The log line `decision`: what became of a request, in names and without values.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ExchangeClient, type Message, requestHeaders, responseHeaders } from '../../support/exchange.ts';
import { type RunningProcessor, startProcessor } from '../../support/processor.ts';
import { scriptedInvoker } from '../../support/scripted-invoker.ts';

const policies = `
version: 1
unmatched: pass
envoy: {responseHeaders: true}
apis:
  forwarded:
    request:
      - {name: never, condition: "{#request.method == 'GET'}", configuration: {function: echo}}
      - name: enrich
        configuration:
          function: echo
          mutations: {headers: {set: {x-tier: secret-value}, remove: [x-old]}}
    response:
      - name: after
        configuration: {function: echo, mutations: {headers: {append: {x-seen: secret-value}}}}
  answered:
    request: [{name: app, configuration: {function: echo, sendToConsumer: true, payload: '{"a":1}'}}]
  refused:
    request: [{name: bad, configuration: {function: throws}}]
  slow:
    request: [{name: slow, configuration: {function: hangs}}]
`;

let running: RunningProcessor;
let sampled: RunningProcessor;
let silent: RunningProcessor;
before(async () => {
  const start = (logging: Parameters<typeof startProcessor>[0]['logging'] = {}) =>
    startProcessor({ policies, invoker: scriptedInvoker(), logging });
  running = await start({ decisions: true });
  sampled = await start({ decisions: true, sample: 0 });
  silent = await start();
});
after(async () => {
  for (const one of [running, sampled, silent]) await one?.stop();
});

const ids = { 'x-request-id': 'id-1', 'x-old': 'secret-value' };

/** Sends the messages of one request, and gives its line when the stream has ended. */
async function decisionOf(
  on: RunningProcessor,
  api: string | undefined,
  messages: readonly Message[],
  cancels = false,
) {
  const client = new ExchangeClient(on.address);
  const seen = on.log.length;
  const exchange = client.open(api === undefined ? {} : { 'x-lambda-api': api });
  for (const message of messages) await (cancels ? exchange.send(message) : exchange.ask(message));
  if (cancels) {
    while (on.metrics.streamsInFlight === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await exchange.cancel();
  } else await exchange.end();
  while (on.metrics.streamsInFlight > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  client.close();
  const lines = on.log.slice(seen).filter(({ msg }) => msg === 'decision');
  assert.ok(lines.length <= 1);
  return lines[0];
}

const told = (line: Readonly<Record<string, unknown>> | undefined) => {
  const {
    time: _time,
    pid: _pid,
    hostname: _hostname,
    level: _level,
    msg: _msg,
    ...rest
  } = line ?? assert.fail('no line');
  return rest;
};

describe('a decision tells', () => {
  test('that a request continued, with the policies that ran and the names of changed headers', async () => {
    const line = await decisionOf(running, 'forwarded', [requestHeaders(true, ids), responseHeaders(true)]);
    assert.deepEqual(told(line), {
      requestId: 'id-1',
      api: 'forwarded',
      decision: 'forwarded',
      ran: ['enrich', 'after'],
      skipped: ['never'],
      requestHeaders: ['x-old', 'x-tier'],
      responseHeaders: ['x-seen'],
    });
    assert.doesNotMatch(JSON.stringify(line), /secret-value/);
  });

  test("that a function's answer went to the caller", async () => {
    const line = await decisionOf(running, 'answered', [requestHeaders(true, ids)]);
    const { decision, status, ran, requestHeaders: changed } = told(line);
    assert.deepEqual([decision, status, ran, changed], ['answered', 200, ['app'], undefined]);
  });

  test('that an error did, and which', async () => {
    const { decision, status, key, ran } = told(await decisionOf(running, 'refused', [requestHeaders(true, ids)]));
    assert.deepEqual([decision, status, key, ran], ['refused', 500, 'AWS_LAMBDA_INVALID_RESPONSE', ['bad']]);
    assert.equal(running.log.find(({ msg }) => msg === 'request failed')?.policy, 'bad');
  });

  test('that no API is there and the request continued', async () => {
    const { decision, api, requestId, ran } = told(await decisionOf(running, undefined, [requestHeaders(true, ids)]));
    assert.deepEqual([decision, api, requestId, ran], ['forwarded', '', 'id-1', []]);
  });

  test('that the caller left', async () => {
    const { decision, ran } = told(await decisionOf(running, 'slow', [requestHeaders(true, ids)], true));
    assert.deepEqual([decision, ran], ['ended', ['slow']]);
  });
});

test('of a sample of none those that failed are logged anyway', async () => {
  assert.equal(await decisionOf(sampled, 'answered', [requestHeaders(true)]), undefined);
  assert.equal((await decisionOf(sampled, 'refused', [requestHeaders(true)]))?.decision, 'refused');
  const twice = [requestHeaders(true), requestHeaders(true)];
  assert.equal((await decisionOf(sampled, 'forwarded', twice))?.decision, 'ended', 'a violation of the protocol');
});

test('nothing is reported unless it is asked for', async () => {
  assert.equal(await decisionOf(silent, 'answered', [requestHeaders(true)]), undefined);
});
