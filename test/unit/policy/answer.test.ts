// `answer` and `mutations` of one step, in each phase, with and without an answer in place, with no socket.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CountedMemory } from '../../support/counted-memory.ts';
import { answerOf, type PolicyRunOptions, policyRun, step } from '../../support/policy-run.ts';

const sendsIf = "{#lambdaResponse.content == 'send'}";
const own = {
  variables: [{ name: 'v', value: '{#lambdaResponse.content}' }],
  sendToConsumer: sendsIf,
  mutations: { headers: { set: { 'x-m': 'mutated' }, append: { 'x-all': 'm' }, remove: ['x-gone'] }, body: 'mutated' },
  answer: { status: 403, headers: { set: { 'x-a': 'answered' }, append: { 'x-all': 'a' } }, body: 'refused' },
};
const caller = { 'x-m': 'forged', 'x-a': 'forged', 'x-gone': 'there' };
/** A step that has answered before; with `true` the mutations of later ones would be an error. */
const earlier = step('earlier', {
  payload: 'first',
  sendToConsumer: '{#lambdaResponse.status == 200}',
  answer: { status: 202, headers: { set: { 'x-first': '1', 'x-gone': '1' } } },
});
const steps = (phases: object) => ({ apis: { default: phases } });
const at = (payload: 'send' | 'pass', outer: object = {}) => step('f', { payload, ...own }, outer);

test('request phase, no answer before: mutations shape the request where sendToConsumer does not take effect', async () => {
  const run = policyRun(steps({ request: [at('pass')] }), { headers: caller });
  assert.deepEqual(await run.request('old'), { kind: 'continue' });
  const { request, response } = run.transaction;
  assert.deepEqual(
    ['x-m', 'x-a', 'x-all', 'x-gone'].map((name) => request?.headers.first(name)),
    ['mutated', 'forged', 'm', undefined],
  );
  assert.deepEqual([String(request?.replacement), response], ['mutated', undefined]);
});

test('request phase, no answer before: where it takes effect, answer shapes the answer and nothing the request', async () => {
  const run = policyRun(steps({ request: [at('send')] }), { headers: caller });
  assert.deepEqual(answerOf(await run.request('old')), {
    status: 403,
    headers: { 'content-type': 'text/plain', 'x-a': 'answered', 'x-all': 'a' },
    body: 'refused',
    errorKey: undefined,
  });
  const { request } = run.transaction;
  assert.equal(request?.replacement, undefined);
  // The caller's own would pass in the policy's name to the functions of later steps.
  assert.deepEqual(request?.headers.changes(), [{ kind: 'remove', name: 'x-m' }]);
});

test('request phase, after an answer: the step runs, its mutations have no effect', async () => {
  const look = step('look', { payload: "{#request.headers['x-m']}{#request.content}{#context.attributes['v']}" });
  const run = policyRun(steps({ request: [earlier, at('pass'), look] }), { headers: caller });
  const { status, headers, body } = answerOf(await run.request('old'));
  assert.deepEqual([status, body, run.calls], [202, 'first', ['earlier', 'f', 'look']]);
  assert.deepEqual(headers, { 'content-type': 'application/json', 'x-first': '1', 'x-gone': '1' });
  assert.equal(String(run.invocations[2]?.payload), 'oldpass');
});

test('request phase, after an answer: a step that answers too takes its place, and its answer applies', async () => {
  const run = policyRun(steps({ request: [earlier, at('send')] }), { headers: caller });
  const { status, headers, body } = answerOf(await run.request('old'));
  assert.deepEqual([status, body], [403, 'refused']);
  const expected = { 'x-first': '1', 'x-gone': '1', 'x-a': 'answered', 'x-all': 'a', 'content-type': 'text/plain' };
  assert.deepEqual(headers, expected);
});

const backend = { 'x-m': 'theirs', 'x-a': 'theirs', 'x-gone': 'theirs', 'x-kept': 'theirs', etag: '"1"' };
const seen = (headers: { first(name: string): string | undefined } | undefined) =>
  ['x-m', 'x-a', 'x-all', 'x-gone', 'x-kept', 'etag', 'content-type'].map((name) => headers?.first(name));

test('response phase: mutations shape the response where sendToConsumer does not take effect', async () => {
  const run = policyRun(steps({ response: [at('pass')] }));
  await run.request();
  assert.deepEqual(await run.response(200, backend, 'old'), { kind: 'continue' });
  const { response } = run.transaction;
  assert.deepEqual([response?.status, String(response?.replacement)], [200, 'mutated']);
  assert.deepEqual(seen(response?.headers), ['mutated', 'theirs', 'm', undefined, 'theirs', undefined, undefined]);
});

test('response phase: where it takes effect, answer applies and mutations do not', async () => {
  const run = policyRun(steps({ response: [at('send')] }));
  await run.request();
  assert.deepEqual(await run.response(200, backend, 'old'), { kind: 'continue' });
  const { response } = run.transaction;
  assert.deepEqual([response?.status, String(response?.replacement)], [403, 'refused']);
  assert.deepEqual(seen(response?.headers), [undefined, 'answered', 'a', 'theirs', 'theirs', undefined, 'text/plain']);
});

test('response steps act on the answer of a request step: by mutations, or by an answer of their own', async () => {
  for (const [payload, expected] of [
    ['pass', [202, 'mutated', 'mutated', undefined, undefined]],
    ['send', [403, 'refused', undefined, 'answered', '1']],
  ] as const) {
    const run = policyRun(steps({ request: [earlier], response: [at(payload)] }));
    const { status, headers, body } = answerOf(await run.request());
    assert.deepEqual([status, body, headers['x-m'], headers['x-a'], headers['x-gone']], expected);
    assert.equal(headers['x-first'], '1');
  }
});

test('a step that is skipped, or fails and continues, leaves an answer as it is', async () => {
  const functions = { f: () => ({ functionError: 'Unhandled' }) };
  for (const outer of [{ condition: 'false' }, { onError: 'continue' }]) {
    const run = policyRun(steps({ request: [earlier, at('send', outer)] }), { functions, headers: caller });
    const { status, headers, body } = answerOf(await run.request());
    assert.deepEqual([status, body, headers['x-a'], headers['x-first']], [202, 'first', undefined, '1']);
  }
});

const answering = (answer: object, outer: object = {}, more: object = {}) =>
  step('f', { sendToConsumer: true, answer, ...more }, outer);
const sent = async (answer: object, result: string, options: PolicyRunOptions = {}) =>
  answerOf(
    await policyRun(steps({ request: [answering(answer)] }), { functions: { f: () => result }, ...options }).request(),
  );

test('what answer does not say is the function’s own', async () => {
  const result = '{"n":1}';
  const headers = { 'content-type': 'application/json' };
  assert.deepEqual(await sent({}, result), { status: 200, headers, body: result, errorKey: undefined });
  assert.deepEqual(await sent({ status: 404, body: null }, result), {
    status: 404,
    headers,
    body: result,
    errorKey: undefined,
  });
  const { body, headers: changed } = await sent({ headers: { remove: ['content-type'] } }, result);
  assert.deepEqual([body, changed], [result, {}]);
});

test('templates of answer see the function’s result, and the response as it was before', async () => {
  const answer = {
    status: "{#jsonPath(#lambdaResponse.content, '$.status')}",
    headers: { set: { 'x-was': '{#response?.status} {#lambdaResponse.status}' } },
    body: '{#response.content}-{#lambdaResponse.content}',
  };
  const functions = { f: () => '{"status":418}' };
  const run = policyRun(steps({ response: [answering(answer)] }), { functions });
  await run.request();
  await run.response(404, {}, 'theirs');
  const { response } = run.transaction;
  assert.deepEqual(
    [response?.status, String(response?.replacement), response?.headers.first('x-was')],
    [418, 'theirs-{"status":418}', '404 200'],
  );
});

test('a template that gives nothing never falls back on what the function answered', async () => {
  const missing = "{#jsonPath(#lambdaResponse.content, '$.none')}";
  const { status, body, headers } = await sent({ body: missing }, '{"secret":1}');
  assert.deepEqual([status, body, headers], [200, '', {}]);
  const refused = await sent({ status: missing }, '{}');
  assert.deepEqual([refused.status, refused.errorKey], [500, 'AWS_LAMBDA_TEMPLATE_VARIABLE_EXCEPTION']);
  assert.match(refused.body ?? '', /answer\.status is not a status from 200 to 599/);
  const withDefault = "{#jsonPath(#lambdaResponse.content, '$.status') ?: 403}";
  assert.equal((await sent({ status: withDefault }, '{}')).status, 403);
  assert.equal((await sent({ status: withDefault }, '{"status": 429}')).status, 429);
});

test('the type of a new body is that of its text, unless headers say otherwise', async () => {
  const typeOf = async (answer: object) => (await sent(answer, '{}')).headers['content-type'];
  assert.equal(await typeOf({ body: 'go away' }), 'text/plain');
  assert.equal(await typeOf({ body: ' {"error": 1}' }), 'application/json');
  assert.equal(await typeOf({ body: '[]' }), 'application/json');
  assert.equal(await typeOf({ body: '' }), undefined);
  assert.equal(await typeOf({ body: '<p>', headers: { set: { 'Content-Type': 'text/html' } } }), 'text/html');
  assert.equal(await typeOf({ body: '<p>', headers: { append: { 'content-type': 'text/html' } } }), 'text/html');
  assert.equal(await typeOf({ body: 'x', headers: { remove: ['content-type'] } }), undefined);
  assert.equal(await typeOf({ body: 'x', headers: { set: { 'content-type': null } } }), undefined);
});

test('an object is the body as JSON, whatever the function’s own was, and a caller cannot break it', async () => {
  const result = '{"reason":"a \\"quoted\\" one","retry":3}';
  const of = (path: string) => `{#jsonPath(#lambdaResponse.content, '$.${path}')}`;
  const answer = { status: 429, body: { error: of('reason'), retry: of('retry'), none: of('none'), by: ['policy'] } };
  const { status, headers, body } = await sent(answer, result);
  assert.deepEqual([status, headers], [429, { 'content-type': 'application/json' }]);
  assert.deepEqual(JSON.parse(body ?? ''), { error: 'a "quoted" one', retry: 3, none: null, by: ['policy'] });
  const typed = { body: { a: 1 }, headers: { set: { 'content-type': 'application/problem+json' } } };
  assert.equal((await sent(typed, result)).headers['content-type'], 'application/problem+json');
});

test('an answer that cannot be made fails the request: neither the function’s own leaves, nor the request continues', async () => {
  const failing = '{#context.attributes.nothing.at.all}';
  const cases: readonly (readonly [object, string])[] = [
    [{ status: failing }, 'answer.status'],
    [{ status: '{#lambdaResponse.content}' }, 'answer.status'],
    [{ body: failing }, 'answer.body'],
    [{ body: { a: [failing] } }, 'answer.body'],
    [{ headers: { set: { 'X-A': failing } } }, 'answer.headers.set.x-a'],
    [{ headers: { append: { 'x-a': ['1', failing] } } }, 'answer.headers.append.x-a'],
    [{ headers: { set: { 'x-a': '{#lambdaResponse.content}' } } }, 'answer.headers.set.x-a'],
  ];
  for (const [answer, place] of cases) {
    for (const onError of ['fail', 'continue']) {
      const functions = { f: () => 'a\r\nb' };
      const first = policyRun(steps({ request: [answering(answer, { onError })] }), { functions });
      const late = policyRun(steps({ response: [answering(answer, { onError })] }), { functions });
      await late.request();
      const after = policyRun(steps({ request: [earlier, answering(answer, { onError })] }), { functions });
      for (const outcome of [await first.request(), await late.response(200, {}, 'x'), await after.request()]) {
        const { status, errorKey, body } = answerOf(outcome);
        assert.deepEqual([status, errorKey], [500, 'AWS_LAMBDA_TEMPLATE_VARIABLE_EXCEPTION'], place);
        assert.ok(body?.includes(place), body);
      }
    }
  }
});

test('a status that would open a tunnel is refused, whether the function or answer says it', async () => {
  const connecting = { method: 'CONNECT' };
  assert.equal((await sent({ status: 299 }, '{}', connecting)).errorKey, 'LAMBDA_EXT_PROC_BODY_UNAVAILABLE');
  assert.equal((await sent({}, '{}', connecting)).errorKey, 'LAMBDA_EXT_PROC_BODY_UNAVAILABLE');
  assert.equal((await sent({ status: 407 }, '{}', connecting)).status, 407);
});

test('a body that only answer reads is asked for', () => {
  const needs = (phases: object) => policyRun(steps(phases)).transaction.policies.needs;
  const reads = (expression: string) => answering({ body: expression });
  assert.deepEqual(
    [needs({ request: [reads('{#request.content}')] }).requestBody, needs({ request: [reads('x')] }).requestBody],
    [true, false],
  );
  assert.equal(needs({ response: [reads('{#response.content}')] }).responseBody, true);
});

test('what answer makes is taken of the memory, and without room for it the request fails', async () => {
  const result = 'x'.repeat(10_000);
  const answer = { body: '{#lambdaResponse.content}{#lambdaResponse.content}' };
  const within = async (room: number) => {
    const memory = new CountedMemory(room);
    const { status, errorKey, body } = await sent(answer, result, { memory });
    return { status, errorKey, length: body?.length, peak: memory.peak };
  };
  const { peak, ...served } = await within(Number.POSITIVE_INFINITY);
  assert.deepEqual(served, { status: 200, errorKey: undefined, length: 20_000 });
  assert.ok(peak >= 20_000, String(peak));
  const { status, errorKey } = await within(19_999);
  assert.deepEqual([status, errorKey], [503, 'LAMBDA_EXT_PROC_OVERLOADED']);
});
