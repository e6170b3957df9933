// What `try` has read, and what policies call private, is in none of its outputs, however it is written.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { type TestContext, test } from 'node:test';
import { stringify } from 'yaml';
import { PlaygroundDocument } from '../../../../src/commands/try/playground-document.ts';
import { openPlayground } from '../../../../src/playground/index.ts';
import { filesOf, runMain } from '../../../support/command.ts';
import { startEchoLambda } from '../../../support/echo-lambda.ts';

const json = (value: unknown): string => JSON.stringify(value);
const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** The value in every writing that a payload, a header or a function may have it in. */
function writingsOf(value: string): Readonly<Record<string, string>> {
  return {
    plain: value,
    json: json({ a: value }),
    deep: json(json({ a: json(value) })),
    ascii: [...value].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
    url: encodeURIComponent(value),
    every: [...Buffer.from(value)].map((byte) => `%${byte.toString(16)}`).join(''),
    form: new URLSearchParams({ a: value }).toString(),
    base64: base64(value),
    basic: `Basic ${base64(`user:${value}`)}`,
    shifted: base64(`ab${value}`),
    forUrls: Buffer.from(`a${value}b`).toString('base64url'),
    nested: base64(json({ body: base64(value) })),
    hex: Buffer.from(value).toString('hex'),
  };
}

/** Each fragment by which one could tell the value, in whatever writing. */
function assertHidden(output: string, value: string, what: string): void {
  const core = value.replaceAll(/[^\w]/g, '');
  assert.ok(core.length >= 12, 'the value has no core to look for');
  const fragments = [core, [...core].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')];
  fragments.push(
    Buffer.from(core).toString('hex'),
    [...Buffer.from(core)].map((byte) => `%${byte.toString(16)}`).join(''),
  );
  for (let shift = 0; shift < 3; shift++) {
    const encoded = base64('x'.repeat(shift) + core).replaceAll('=', '');
    fragments.push(encoded.slice(shift === 0 ? 0 : 4, -4));
  }
  for (const fragment of fragments) assert.ok(!output.includes(fragment), `${what} shows ${fragment}`);
  assert.ok(output.includes('[masked]'), `${what} masks nothing`);
}

/** A function answers what it gets; `pin` becomes a private variable, and goes into every place that a policy can write to. */
const policies = (configuration: object): string =>
  json({
    version: 1,
    envoy: { allowModeOverride: true, responseHeaders: true },
    apis: {
      default: {
        request: [
          {
            name: 'keep',
            condition: "{#request.headers['x-basic'][0] != null}",
            configuration: {
              function: 'echo',
              ...configuration,
              payload: '{#request.content}',
              variables: [
                { name: 'pin', value: "{#jsonPath(#lambdaResponse.content, '$.plain')}", private: true },
                { name: 'all', value: '{#lambdaResponse.content}' },
              ],
              mutations: {
                headers: { set: { 'x-pin': "{#context.attributes['pin']}", 'x-all': "{#context.attributes['all']}" } },
                body: "{#context.attributes['all']}",
              },
            },
          },
        ],
        response: [
          {
            name: 'answer',
            configuration: {
              function: 'echo',
              ...configuration,
              payload: "{#context.attributes['all']}",
              mutations: {
                headers: { set: { 'x-pin': "{#context.attributes['pin']}" } },
                body: '{#lambdaResponse.content}',
              },
            },
          },
        ],
      },
    },
  });

const argumentsFor = (value: string): readonly string[] => {
  const { basic = '', url = '' } = writingsOf(value);
  return ['-H', `x-basic: ${basic}`, '-H', `x-url: ${url}`, '--data-raw', json(writingsOf(value)), `/a?token=${url}`];
};

const pin = 'pA55w0rdNumber-7/é "x"';

function given(t: TestContext) {
  const result = json({ echo: { resultText: json(writingsOf(pin)) } });
  return filesOf(t, { 'policies.json': policies({ region: 'us-east-1' }), 'answers.json': result });
}

test('a private variable is in neither text nor JSON, however it is written', async (t) => {
  const files = given(t);
  const args = ['try', '--config', files['policies.json'], '--answers', files['answers.json'], ...argumentsFor(pin)];
  for (const format of ['text', 'json']) {
    const { code, stdout, stderr } = await runMain([...args, '--format', format]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /echo/);
    assertHidden(stdout, pin, format);
  }
});

test('nor on the page of the playground', async (t) => {
  const files = given(t);
  const setup = {
    config: files['policies.json'],
    given: undefined,
    isOwn: false,
    cases: [],
    testFile: undefined,
    standIns: new Map(),
    envoy: undefined,
  };
  const document = new PlaygroundDocument(setup);
  await document.start();
  const playground = await openPlayground(document, 0);
  t.after(() => {
    playground.close();
    document.stop();
  });
  const { origin } = new URL(playground.url);
  const page = await ask(playground.url, {});
  const cookie = page.cookie.split(';')[0] ?? '';
  const key = /name="key" content="([\w-]+)"/.exec(page.text)?.[1] ?? '';
  const { basic = '', url = '' } = writingsOf(pin);
  const asked = {
    api: 'default',
    request: stringify({ path: `/a?token=${url}`, headers: { 'x-basic': basic }, body: json(writingsOf(pin)) }),
    functions: stringify({ echo: { resultText: json(writingsOf(pin)) } }),
    backend: '',
  };
  const headers = { cookie, 'x-playground-key': key, origin, 'content-type': 'application/json' };
  const { text } = await ask(`${origin}/api/run`, { method: 'POST', headers, body: json(asked) });
  assert.match(text, /echo answered/);
  assertHidden(text, pin, 'the page');
});

async function ask(url: string, options: { method?: string; headers?: Record<string, string>; body?: string }) {
  const sent = httpRequest(url, { method: options.method ?? 'GET', headers: options.headers, agent: false });
  sent.end(options.body);
  const [answer] = await once(sent, 'response');
  let text = '';
  for await (const chunk of answer) text += chunk;
  return { text, cookie: answer.headers['set-cookie']?.[0] ?? '' };
}

test('keys and secrets that a live run has read are in no output, however a function writes them', async (t) => {
  const lambda = await startEchoLambda();
  t.after(() => lambda.stop());
  const secret = 'wJalrXUtnFEMIK7MDENG/bPxRfiCY+"key"';
  const access = 'AKIDTRYLIVEEXAMPLE';
  const files = filesOf(t, { secret: `${secret}\n`, none: '' });
  const document = policies({
    region: 'us-east-1',
    endpoint: lambda.endpoint,
    accessKey: "{#secrets.get('env:LAMBDA_EXT_PROC_SECRET_TRY_ACCESS')}",
    secretKey: `{#secrets.get('file:${files.secret}')}`,
  });
  const { config } = filesOf(t, { config: document });
  process.env.LAMBDA_EXT_PROC_SECRET_TRY_ACCESS = access;
  t.after(() => delete process.env.LAMBDA_EXT_PROC_SECRET_TRY_ACCESS);
  const allow = [
    '--allow-secret',
    'env:LAMBDA_EXT_PROC_SECRET_*',
    '--allow-secret',
    `file:${files.secret.replace(/\/[^/]+$/, '')}`,
  ];
  for (const value of [secret, access]) {
    for (const format of ['text', 'json']) {
      const args = ['try', '--allow-live', ...allow, '--config', config, '--format', format, ...argumentsFor(value)];
      const { code, stdout, stderr } = await runMain(args);
      assert.equal(code, 0, stderr + stdout);
      assert.match(stdout, /echo/);
      assertHidden(stdout, value, format);
    }
  }
});

test('keys that the default chain takes of the environment are masked as well', async (t) => {
  const lambda = await startEchoLambda();
  t.after(() => lambda.stop());
  const keys = {
    AWS_ACCESS_KEY_ID: 'AKIDTRYCHAINEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'chainSecret/Key+Example99',
    AWS_SESSION_TOKEN: 'sessionTokenOfTheChain',
  };
  const before = Object.keys(keys).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, keys);
  t.after(() => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });
  const { config } = filesOf(t, { config: policies({ endpoint: lambda.endpoint, region: 'us-east-1' }) });
  for (const value of Object.values(keys)) {
    const { code, stdout, stderr } = await runMain(['try', '--allow-live', '--config', config, ...argumentsFor(value)]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /echo answered/);
    assertHidden(stdout, value, 'text');
  }
});

test('a live run reads nothing that --allow-secret does not open, and no variable switches it on', async (t) => {
  const lambda = await startEchoLambda();
  t.after(() => lambda.stop());
  const document = policies({
    endpoint: lambda.endpoint,
    region: 'us-east-1',
    accessKey: "{#secrets.get('env:HOME')}",
    secretKey: 'x',
  });
  const { config } = filesOf(t, { config: document });
  const live = await runMain(['try', '--allow-live', '--config', config, ...argumentsFor(pin)]);
  assert.equal(live.code, 1);
  assert.match(live.stderr, /the variable HOME is not permitted for policies: start with --allow-secret env:HOME/);
  const answer = 'echo={resultText: "{}"}';
  const variable = { LAMBDA_EXT_PROC_ALLOW_LIVE: 'true' };
  const notLive = await runMain(['try', '--config', config, '--answer', answer, '/'], variable);
  assert.equal(notLive.code, 0, notLive.stderr);
});

test('a result of which no private variable was made is hidden as a whole', async (t) => {
  const document = policies({ region: 'us-east-1' }).replace('$.plain', '$.plain[');
  const { config } = filesOf(t, { config: document });
  const { stdout } = await runMain([
    'try',
    '--config',
    config,
    '--answer',
    `echo={resultText: 'nothing but ${'x'.repeat(5)} pA55w0rdNumber'}`,
    '-H',
    'x-basic: a',
    '/',
  ]);
  assert.match(stdout, /failed with/);
  assert.doesNotMatch(stdout, /pA55w0rdNumber/);
});
