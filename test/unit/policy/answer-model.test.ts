// Chains of steps in both phases against the table of docs/guides/answer-instead-of-the-backend.md, written as a model.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { answerOf, policyRun, step } from '../../support/policy-run.ts';

const runs = 1_500;
const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);

/** What a step does: skipped by its condition, failed and gone on, or run with its sendToConsumer false or true. */
const kind = fc.constantFrom('skip', 'fail', 'pass', 'pass', 'send', 'send');
const generated = fc.record({ kind, status: fc.boolean(), body: fc.boolean(), removes: fc.boolean() });
type Generated = typeof generated extends fc.Arbitrary<infer T> ? T : never;
const chain = fc.record({
  request: fc.array(generated, { maxLength: 4 }),
  response: fc.array(generated, { maxLength: 4 }),
});

interface Message {
  status: number;
  readonly headers: Map<string, string>;
  body: string;
}

const named = (letter: string, index: number): string => `x-${letter}${index}`;
const names = Array.from({ length: 8 }, (_, index) => [named('m', index), named('a', index)]).flat();
/** What callers and backends send under the names that policies set. */
const forged = (by: string) => Object.fromEntries(names.map((name) => [name, by]));

function document(phases: typeof chain extends fc.Arbitrary<infer T> ? T : never): object {
  const written = (one: Generated, index: number, phase: 'request' | 'response'): object => {
    const removed = { remove: [named('m', index === 0 ? 1 : 0)] };
    const changes = (letter: 'm' | 'a') => ({
      headers: { set: { [named(letter, index)]: 'set' }, ...(one.removes && removed) },
      ...(one.body && { body: `${letter}${index}` }),
      ...(one.status && (letter === 'a' || phase === 'response') && { status: 400 + index }),
    });
    return step(
      one.kind === 'fail' ? 'fails' : 'f',
      {
        payload: one.kind,
        sendToConsumer: "{#lambdaResponse.content == 'send'}",
        mutations: changes('m'),
        answer: changes('a'),
      },
      { ...(one.kind === 'skip' && { condition: 'false' }), ...(one.kind === 'fail' && { onError: 'continue' }) },
    );
  };
  const request = phases.request.map((one, index) => written(one, index, 'request'));
  const response = phases.response.map((one, index) => written(one, index + phases.request.length, 'response'));
  return { apis: { default: { request, response } } };
}

/** The table. Gives what goes on, what the caller gets, and whether a request step answered. */
function model(phases: { readonly request: readonly Generated[]; readonly response: readonly Generated[] }) {
  const request: Message = { status: 0, headers: new Map(Object.entries(forged('caller'))), body: 'sent' };
  let answer: Message | undefined;
  const change = (message: Message, one: Generated, index: number, letter: 'm' | 'a', hasStatus: boolean): void => {
    if (one.body) {
      message.body = `${letter}${index}`;
      if (letter === 'a') message.headers.set('content-type', 'text/plain');
    }
    if (one.removes) message.headers.delete(named('m', index === 0 ? 1 : 0));
    message.headers.set(named(letter, index), 'set');
    if (one.status && hasStatus) message.status = 400 + index;
  };
  const run = (one: Generated, index: number, phase: 'request' | 'response'): void => {
    const message = phase === 'request' ? request : answer;
    assert.ok(message);
    const applies = one.kind === 'pass' && !(phase === 'request' && answer !== undefined);
    if (applies) {
      change(message, one, index, 'm', phase === 'response');
      return;
    }
    message.headers.delete(named('m', index));
    if (one.kind !== 'send') return;
    answer ??= { status: 0, headers: new Map(), body: '' };
    answer.status = 200;
    answer.body = 'send';
    answer.headers.set('content-type', 'application/json');
    change(answer, one, index, 'a', true);
  };
  for (const [index, one] of phases.request.entries()) run(one, index, 'request');
  const answered = answer !== undefined;
  answer ??= { status: 203, headers: new Map(Object.entries(forged('backend'))), body: 'theirs' };
  for (const [index, one] of phases.response.entries()) run(one, index + phases.request.length, 'response');
  return { request, answer, answered };
}

test(`${runs} chains do what the table says (seed ${seed})`, async (t) => {
  const classes = { answered: 0, 'went on': 0 };
  for (const phases of fc.sample(chain, { numRuns: runs, seed })) {
    const expected = model(phases);
    const functions = { fails: () => ({ functionError: 'Unhandled' }) };
    const run = policyRun(document(phases), { functions, headers: forged('caller') });
    const outcome = await run.request('sent');
    const context = JSON.stringify(phases);
    const { request } = run.transaction;
    const seen = (headers: { first(name: string): string | undefined } | undefined) =>
      ['content-type', ...names].map((name) => headers?.first(name));
    const wanted = ({ headers }: Message) => ['content-type', ...names].map((name) => headers.get(name));
    assert.deepEqual(seen(request?.headers), wanted(expected.request), context);
    assert.equal(String(request?.replacement ?? 'sent'), expected.request.body, context);
    if (expected.answered) {
      classes.answered++;
      const { status, headers, body } = answerOf(outcome);
      const { answer } = expected;
      assert.deepEqual({ status, headers, body }, { ...answer, headers: Object.fromEntries(answer.headers) }, context);
      continue;
    }
    classes['went on']++;
    assert.deepEqual(outcome, { kind: 'continue' }, context);
    assert.deepEqual(await run.response(203, forged('backend'), 'theirs'), { kind: 'continue' }, context);
    const { response } = run.transaction;
    assert.deepEqual(seen(response?.headers), wanted(expected.answer), context);
    const got = [response?.status, String(response?.replacement ?? 'theirs')];
    assert.deepEqual(got, [expected.answer.status, expected.answer.body], context);
  }
  for (const [name, count] of Object.entries(classes)) {
    t.diagnostic(`${name}: ${count}`);
    assert.ok(count > runs / 10, name);
  }
});
