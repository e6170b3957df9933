// Bodies that are written as objects, through a real Envoy: what a caller sends stands in them as it was sent.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type EchoLambda, startEchoLambda } from '../support/echo-lambda.ts';
import { type Environment, startEnvironment } from '../support/environment.ts';
import { hostileTexts } from '../support/hostile-bodies.ts';

const requests = 100;
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);

let lambda: EchoLambda;
let environment: Environment;

before(async () => {
  lambda = await startEchoLambda();
  environment = await startEnvironment({ policies: policies(), apis: ['echoes', 'changes', 'fails'] });
});
after(async () => {
  await environment.stop();
  lambda.stop();
});

/** YAML, since numbers keep the digits of the text. */
function policies(): string {
  const call = `endpoint: "${lambda.endpoint}", accessKey: AKIDEXAMPLE, secretKey: secret`;
  const json = (path: string) => `"{#jsonPath(#request.content, '${path}')}"`;
  return `version: 1
envoy: {allowModeOverride: true}
defaults: {${call}, function: echo}
apis:
  echoes:
    request:
      - configuration:
          payload:
            content: "{#request.content}"
            text: ${json('$.text')}
            value: ${json('$.value')}
            mixed: "<{#jsonPath(#request.content, '$.text')}>"
            header: "{#request.headers['x-in'][0]}"
            query: "{#request.params['q'][0]}"
            numbers: [1.10, 12345678901234567890, ${json('$.n')}]
            none: null
            empty: {}
          sendToConsumer: true
  changes:
    request:
      - configuration:
          payload: {text: ${json('$.text')}}
          mutations: {body: {user: "{#jsonPath(#lambdaResponse.content, '$.text')}", n: 1.10}}
    response:
      - configuration:
          payload: [1]
          mutations: {body: ["{#request.headers['x-in'][0]}", "{#lambdaResponse.status}"]}
  fails:
    responseTemplates:
      DEFAULT: {"*/*": {status: 418, body: {key: "{#error.key}", header: "{#request.headers['x-in'][0]}"}}}
    request: [{configuration: {function: fails}}]
`;
}

const headerText = (text: string): string => text.replaceAll(/[^\x21-\x7e]/g, '') || '"';

test(`${requests} requests with hostile texts in body, header and query (seed ${seed})`, async () => {
  const texts = hostileTexts(seed);
  for (let round = 0; round < requests; round++) {
    // #jsonPath drops U+007F from a string with escapes, as the original does.
    const [text, key, header, query] = [0, 1, 2, 3].map(() => String(texts.next().value).replaceAll('\x7f', ''));
    const value = { [String(key)]: [text, null, { [String(text)]: key }] };
    const content = `{"text":${JSON.stringify(text)},"value":${JSON.stringify(value)},"n":1.50}`;
    const inHeader = headerText(String(header));
    const inQuery = String(query).toWellFormed();
    const { status, text: answer } = await environment.call(`/echoes?q=${encodeURIComponent(inQuery)}`, {
      method: 'POST',
      headers: { 'x-in': inHeader },
      body: content,
    });
    assert.equal(status, 200, answer);
    const expected = {
      content,
      text,
      value,
      mixed: `<${text}>`,
      header: inHeader,
      query: inQuery,
      none: null,
      empty: {},
    };
    const { numbers, ...got } = JSON.parse(answer);
    assert.deepEqual(got, expected, `round ${round}`);
    assert.deepEqual(numbers, [1.1, Number('12345678901234567890'), 1.5]);
    assert.ok(answer.includes('"numbers":[1.10,12345678901234567890,1.50]'), answer);
  }
});

test('an object replaces the bodies on both ways, with its type and length', async () => {
  const text = 'a"\\\u0000\ud800\u2028😀';
  const {
    status,
    headers,
    text: answer,
  } = await environment.call('/changes', {
    method: 'POST',
    headers: { 'x-in': '"\\', 'content-type': 'text/plain' },
    body: JSON.stringify({ text }),
  });
  assert.equal(status, 200, answer);
  const { last } = environment.backend;
  assert.equal(last?.header('content-type'), 'application/json');
  const forwarded = last?.body.toString() ?? '';
  assert.deepEqual(JSON.parse(forwarded), { user: text, n: 1.1 });
  assert.ok(forwarded.endsWith(',"n":1.10}'), forwarded);
  assert.equal(last?.header('content-length'), String(Buffer.byteLength(forwarded)));
  assert.equal(headers.get('content-type'), 'application/json');
  assert.equal(answer, '["\\"\\\\",200]');
});

test('an object in a response template', async () => {
  const { status, headers, text } = await environment.call('/fails', { headers: { 'x-in': '"}\\' } });
  assert.deepEqual([status, headers.get('content-type')], [418, 'application/json']);
  assert.deepEqual(JSON.parse(text), { key: 'AWS_LAMBDA_INVALID_RESPONSE', header: '"}\\' });
});
