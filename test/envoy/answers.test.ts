// `answer` and `mutations` through a real Envoy: the policies of the guide, and what it says applies when.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { connect } from 'node:http2';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { parse } from 'yaml';
import { loadPolicies } from '../../src/config/index.ts';
import { type Answered, type Environment, startEnvironment } from '../support/environment.ts';
import { FaultStub } from '../support/fault-stub.ts';

const guide = readFileSync(join(import.meta.dirname, '../../docs/guides/answer-instead-of-the-backend.md'), 'utf8');
const example = /^```yaml\n([\s\S]*?)^```/m.exec(guide)?.[1] ?? '';

const sent = { sendToConsumer: true };
const sendsIf = { sendToConsumer: "{#jsonPath(#lambdaResponse.content, '$.send')}" };
const apis = (step: (functionName: string, extra: object) => object) => ({
  later: {
    request: [
      step('one', {
        // `true` would make the mutations of later steps an error.
        sendToConsumer: '{#lambdaResponse.status == 200}',
        answer: { status: 401, headers: { set: { 'x-one': '1' } }, body: '{"by": "one"}' },
      }),
      step('two', {
        ...sendsIf,
        payload: "{#request.headers['x-user']}|{#response.status}|{#response.content}",
        mutations: { headers: { set: { 'x-user': 'ada' } }, body: 'lost', path: '/lost' },
        answer: { status: 409, headers: { set: { 'x-two': '2' } } },
      }),
    ],
    response: [
      step('three', {
        ...sendsIf,
        payload: '{#response.content}',
        mutations: { headers: { set: { 'x-three': '{#response.status}' } } },
        answer: { headers: { remove: ['x-one'] }, body: 'three instead of {#response.content}' },
      }),
    ],
  },
  'no-content': { request: [step('one', { ...sent, answer: { status: 204, body: 'never sent' } })] },
  'late-no-content': { response: [step('one', { ...sent, answer: { status: 304, body: 'never sent' } })] },
  broken: {
    request: [
      { ...step('one', { ...sent, answer: { body: '{#context.attributes.nothing.at.all}' } }), onError: 'continue' },
    ],
  },
  'own-names': {
    request: [step('one', { ...sent, answer: { headers: { set: { 'x-envoy-own': 'a', host: 'b', 'x-own': 'c' } } } })],
  },
});

let lambda: FaultStub;
let environment: Environment;

before(async () => {
  lambda = await FaultStub.start();
  const document = parse(example);
  const step = (functionName: string, extra: object) => ({ configuration: { function: functionName, ...extra } });
  const policies = {
    ...document,
    defaults: { ...document.defaults, accessKey: 'AKIDEXAMPLE', secretKey: 'secret', endpoint: lambda.endpoint },
    apis: { ...document.apis, ...apis(step) },
  };
  environment = await startEnvironment({ policies, apis: Object.keys(policies.apis) });
});
after(async () => {
  await environment?.stop();
  await lambda?.stop();
});
beforeEach(() => {
  environment.backend.reset();
  lambda.forget();
});

const answers = (functionName: string, value: unknown): void => {
  const body = typeof value === 'string' ? value : JSON.stringify(value);
  lambda.script(functionName, { kind: 'answer', answer: { status: 200, body }, runs: true });
};
const json = (answer: Answered) => [answer.status, JSON.parse(answer.text)];

test('the policies of the guide load without a warning', () => {
  assert.deepEqual(loadPolicies(example, 'guide.yaml').warnings, []);
});

describe('an authorizer', () => {
  const order = (headers: Record<string, string> = {}) =>
    environment.call('/orders', { method: 'POST', body: '{"item":"pen"}', headers });

  test('an allowed request continues with its own body and the user that the function names', async () => {
    answers('authorise', { allow: true, user: 'ada' });
    const { status } = await order({ authorization: 'Bearer "t"', 'x-user': 'forged' });
    const { last } = environment.backend;
    assert.deepEqual([status, last?.body.toString(), last?.header('x-user')], [200, '{"item":"pen"}', 'ada']);
    assert.deepEqual(
      lambda.requests.map(({ body }) => JSON.parse(String(body))),
      [{ token: 'Bearer "t"' }],
    );
  });

  test('a refused one gets a 401 of the policy’s own, and nothing of what the function said', async () => {
    for (const verdict of [{ allow: false, reason: 'internal' }, {}, { allow: 'no' }, { alow: true }]) {
      answers('authorise', verdict);
      const refused = await order();
      assert.deepEqual(json(refused), [401, { error: 'no valid token' }]);
      const header = (name: string) => refused.headers.get(name);
      assert.deepEqual(
        [header('www-authenticate'), header('content-type')],
        ['Bearer realm="orders"', 'application/json'],
      );
      assert.equal(header('content-length'), String(refused.text.length));
      assert.equal(header('x-user'), null);
    }
    assert.equal(environment.backend.calls, 0);
  });

  test('a function that says nothing that can be read lets nobody pass', async () => {
    answers('authorise', 'no json');
    assert.equal((await order()).status, 500);
    assert.equal(environment.backend.calls, 0);
  });

  test('HEAD gets the 401 without its body, over HTTP/1.1 and HTTP/2', async () => {
    answers('authorise', { allow: false });
    const one = await environment.call('/orders', { method: 'HEAD' });
    assert.deepEqual([one.status, one.text, one.headers.get('www-authenticate')], [401, '', 'Bearer realm="orders"']);
    const two = await overHttp2('/orders', 'HEAD');
    assert.deepEqual([two.status, two.text], [401, '']);
  });

  test('HTTP/2 gets the same answer', async () => {
    answers('authorise', { allow: false });
    const { status, text, headers } = await overHttp2('/orders', 'GET');
    assert.deepEqual([status, JSON.parse(text)], [401, { error: 'no valid token' }]);
    assert.equal(headers['www-authenticate'], 'Bearer realm="orders"');
    answers('authorise', { allow: true, user: 'ada' });
    assert.equal((await overHttp2('/orders', 'GET')).status, 200);
    assert.equal(environment.backend.last?.header('x-user'), 'ada');
  });
});

test('a function in the backend’s place answers allowed callers only', async () => {
  answers('shop', { items: 3 });
  answers('authorise', { allow: true });
  assert.deepEqual(json(await environment.call('/shop')), [200, { items: 3 }]);
  lambda.forget();
  answers('authorise', { allow: false });
  for (const answer of [await environment.call('/shop'), await overHttp2('/shop', 'GET')]) {
    assert.deepEqual([answer.status, JSON.parse(answer.text)], [401, { error: 'no valid token' }]);
  }
  assert.equal(lambda.attempts('shop'), 0);
  assert.equal(environment.backend.calls, 0);
});

describe('the response phase', () => {
  const report = { status: 203, headers: { 'x-report-id': '7', 'x-kept': 'k', etag: '"1"' }, body: 'report' };

  test('where the function does not answer, mutations change the response', async () => {
    answers('inspect-report', { clean: true });
    environment.backend.answerWith(report);
    const { status, text, headers } = await environment.call('/reports');
    assert.deepEqual([status, text], [203, 'report']);
    assert.deepEqual(
      ['x-inspected', 'x-report-id', 'etag'].map((name) => headers.get(name)),
      ['yes', '7', '"1"'],
    );
  });

  test('where it does, answer changes what it answers, and mutations do nothing', async () => {
    answers('inspect-report', { clean: false, why: 'internal' });
    for (const call of [() => environment.call('/reports'), () => overHttp2('/reports', 'GET')]) {
      environment.backend.answerWith(report);
      const { status, text, headers } = await call();
      assert.deepEqual([status, text], [502, 'The report was withheld. The backend answered 203.']);
      const header = (name: string) => (headers instanceof Headers ? headers.get(name) : (headers[name] ?? null));
      const names = ['x-inspected', 'x-report-id', 'etag', 'x-kept', 'content-type'];
      assert.deepEqual(names.map(header), [null, null, null, 'k', 'text/plain']);
    }
  });
});

test('HEAD in the response phase gets status and headers of the answer, and the length of its body', async () => {
  answers('inspect-report', { clean: false });
  for (const call of [() => environment.call('/reports', { method: 'HEAD' }), () => overHttp2('/reports', 'HEAD')]) {
    environment.backend.answerWith({ status: 203, headers: { 'x-report-id': '7', 'content-length': '6' } });
    const { status, text, headers } = await call();
    const header = (name: string) => (headers instanceof Headers ? headers.get(name) : (headers[name] ?? null));
    assert.deepEqual([status, text, header('x-report-id'), header('x-inspected')], [502, '', null, null]);
    assert.equal(header('content-length'), String('The report was withheld. The backend answered 203.'.length));
  }
  assert.equal((await environment.call('/no-content')).status, 204);
});

describe('steps after an answer', () => {
  const call = (headers: Record<string, string> = { 'x-user': 'forged' }) => environment.call('/later', { headers });
  const payloads = () => lambda.requests.slice(1).map(({ body }) => String(body));

  test('request steps run, and their mutations do nothing; those of response steps change the answer', async () => {
    answers('two', { send: false });
    answers('three', { send: false });
    const answer = await call();
    assert.deepEqual(json(answer), [401, { by: 'one' }]);
    const header = (name: string) => answer.headers.get(name);
    assert.deepEqual(['x-one', 'x-two', 'x-three', 'x-user'].map(header), ['1', null, '401', null]);
    assert.deepEqual(payloads(), ['forged|401|{"by": "one"}', '{"by": "one"}']);
    assert.equal(environment.backend.calls, 0);
  });

  test('a later request step that answers takes its place', async () => {
    answers('two', { send: true });
    answers('three', { send: false });
    const answer = await call();
    assert.deepEqual(json(answer), [409, { send: true }]);
    assert.deepEqual(
      ['x-one', 'x-two', 'x-three'].map((name) => answer.headers.get(name)),
      ['1', '2', '409'],
    );
  });

  test('so does a response step', async () => {
    answers('two', { send: false });
    answers('three', { send: true });
    const answer = await call();
    assert.deepEqual([answer.status, answer.text], [200, 'three instead of {"by": "one"}']);
    assert.deepEqual(
      ['x-one', 'x-three'].map((name) => answer.headers.get(name)),
      [null, null],
    );
  });
});

test('a status without a body has none, in both phases, and the connection stays in order', async () => {
  for (const [path, status] of [
    ['/no-content', 204],
    ['/late-no-content', 304],
  ] as const) {
    for (const answer of [await environment.call(path), await overHttp2(path, 'GET')]) {
      assert.deepEqual([answer.status, answer.text], [status, ''], path);
    }
  }
  answers('authorise', { allow: false });
  assert.equal((await environment.call('/orders')).status, 401);
});

test('an answer that cannot be made is an error, whatever onError says, and no backend is called', async () => {
  const { status, text } = await environment.call('/broken', { headers: { accept: 'text/plain' } });
  assert.equal(status, 500);
  assert.match(text, /Details: \[answer\.body\]/);
  assert.equal(environment.backend.calls, 0);
});

test('mutation_rules bound the answer of a request step too', async () => {
  const { headers } = await environment.call('/own-names');
  assert.deepEqual(
    ['x-envoy-own', 'host', 'x-own'].map((name) => headers.get(name)),
    [null, null, 'c'],
  );
});

async function overHttp2(path: string, method: string) {
  const session = connect(environment.envoy.url);
  try {
    return await new Promise<{ status: number; text: string; headers: Record<string, unknown> }>((resolve, reject) => {
      const stream = session.request({ ':path': path, ':method': method });
      let head: Record<string, unknown> = {};
      let text = '';
      stream.setEncoding('utf8');
      stream.on('response', (headers) => {
        head = headers;
      });
      stream.on('data', (chunk) => {
        text += chunk;
      });
      stream.on('end', () => resolve({ status: Number(head[':status']), text, headers: head }));
      stream.on('error', reject);
      session.on('error', reject);
      stream.end();
    });
  } finally {
    session.close();
  }
}
