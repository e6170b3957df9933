import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filesOf, runMain } from '../../../support/command.ts';

const policies = `
version: 1
envoy: {allowModeOverride: true}
defaults: {region: us-east-1}
apis:
  orders:
    routes: ["orders-*"]
    request:
      - name: tier
        condition: "{#request.method == 'POST'}"
        configuration:
          function: customer-tier
          payload: "{#request.content}"
          variables:
            - {name: tier, value: "{#jsonPath(#lambdaResponse.content, '$.tier')}"}
          mutations: {headers: {set: {x-tier: "{#context.attributes['tier']}"}}}
  private:
    request:
      - name: authorise
        onError: continue
        configuration: {function: authorise, sendToConsumer: "{#jsonPath(#lambdaResponse.content, '$.denied') == true}"}
`;
const gold = ['--answer', 'customer-tier={result: {tier: gold}}'];

test('each step is printed: condition, payload, answer, variables, mutations, what Envoy would be told', async (t) => {
  const { p } = filesOf(t, { p: policies });
  const { code, stdout, stderr } = await runMain([
    'try',
    '--config',
    p,
    '--api',
    'orders',
    ...gold,
    '-d',
    '{"id":7}',
    '/orders',
  ]);
  assert.deepEqual([code, stderr], [0, '']);
  for (const line of [
    /^Request: POST \/orders$/m,
    /^1\. tier \(request phase\): customer-tier answered$/m,
    /^ +condition +true: \{#request\.method == 'POST'\}$/m,
    /^ +calls +customer-tier in us-east-1$/m,
    /^ +payload +\{"id":7\}$/m,
    /^ +its body +\{"tier":"gold"\}$/m,
    /^ +variable tier +gold$/m,
    /^ +set x-tier: gold$/m,
    /^ +request_body +set x-tier: gold$/m,
    /^What the backend gets: POST \/orders$/m,
    /^API orders: 1 invocation, the backend is called, the caller gets 200\.$/m,
  ]) {
    assert.match(stdout, line);
  }
});

test('what the caller gets by `answer` is told apart from mutations, and so are an Event and its lack of an answer', async (t) => {
  const { p } = filesOf(t, {
    p: `
version: 1
defaults: {region: us-east-1}
apis:
  default:
    request:
      - {name: log, configuration: {function: audit, invocationType: Event}}
      - name: deny
        configuration:
          function: authorise
          sendToConsumer: true
          answer: {status: 403, body: {error: refused}}
`,
  });
  const { code, stdout, stderr } = await runMain(['try', '--config', p, '--answer', 'authorise={result: {}}', '/']);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /calls +audit in us-east-1 \(Event\)/);
  assert.match(stdout, /answer to caller\n +status 403\n/);
  assert.match(stdout, /What the caller gets: status 403/);
});

test('as JSON a run is one object', async (t) => {
  const { p } = filesOf(t, { p: policies });
  const { stdout } = await runMain([
    'try',
    '--config',
    p,
    '--route',
    'orders-v2',
    ...gold,
    '--format',
    'json',
    '-d',
    'x',
    '/',
  ]);
  const run = JSON.parse(stdout);
  assert.deepEqual(Object.keys(run), [
    'api',
    'request',
    'steps',
    'envoy',
    'forwarded',
    'response',
    'streamed',
    'attributes',
    'errorKey',
    'rejection',
    'waitedMs',
  ]);
  assert.equal(run.api, 'orders');
  assert.deepEqual(run.attributes, { tier: 'gold' });
  assert.equal(run.steps[0].call.payload, 'x');
  assert.deepEqual(run.steps[0].mutations.set, [['x-tier', 'gold']]);
  assert.equal(run.forwarded.body, 'x');
  assert.equal(run.response.status, 200);
});

test('a step that is skipped says so, and what it removes', async (t) => {
  const { p } = filesOf(t, { p: policies });
  const { code, stdout } = await runMain(['try', '--config', p, '--api', 'orders', '-H', 'x-tier: forged', '/']);
  assert.equal(code, 0);
  assert.match(stdout, /^1\. tier \(request phase\): skipped: its condition is false$/m);
  assert.match(stdout, /^ +removes +x-tier/m);
  assert.doesNotMatch(stdout.slice(stdout.indexOf('What the backend gets')), /forged/);
});

test('a function that answers nothing given is reported with what to write, after the steps so far', async (t) => {
  const { p } = filesOf(t, { p: policies });
  const { code, stdout, stderr } = await runMain(['try', '--config', p, '--api', 'orders', '-d', 'x', '/']);
  assert.equal(code, 1);
  assert.match(stdout, /^1\. tier/m);
  assert.match(stderr, /customer-tier.*--answer 'customer-tier=\{result: …\}'/);
});

test('errors of AWS and of functions are answers too, and onError is reported', async (t) => {
  const { p } = filesOf(t, { p: policies });
  const run = (answer: string) =>
    runMain(['try', '--config', p, '--api', 'private', '--answer', `authorise=${answer}`, '/']);
  const throttled = await run('{error: TooManyRequestsException}');
  assert.equal(throttled.code, 0);
  assert.match(throttled.stdout, /TooManyRequestsException/);
  assert.match(throttled.stdout, /continues, because of onError: continue/);
  assert.match(
    (await run('{functionError: Unhandled, result: {errorMessage: broken}}')).stdout,
    /function error \(Unhandled\)\n.*broken/,
  );
  assert.match((await run('{result: {denied: true}}')).stdout, /its answer is sent to the caller/);
});

test('the request may be a file, the answers another, the backend’s response a third', async (t) => {
  const files = filesOf(t, {
    p: policies,
    'request.yaml': 'method: POST\npath: /file\nheaders: {x-a: [b, c]}\nbody: {id: 7}\n',
    answers: 'customer-tier: {result: {tier: silver}}\n',
    backend: 'status: 404\nbody: {no: such order}\n',
  });
  const args = ['try', '--config', files.p, '--api', 'orders', files['request.yaml'], '--answers', files.answers];
  const { code, stdout } = await runMain([...args, '--backend', `@${files.backend}`]);
  assert.equal(code, 0);
  assert.match(stdout, /payload +\{"id":7\}/);
  assert.match(stdout, /x-a: b\n +x-a: c/);
  assert.match(stdout, /set x-tier: silver/);
  assert.match(stdout, /What the caller gets: status 404[\s\S]*\{"no":"such order"\}/);
});

test('a test file gives policies, request, answers and stand-ins; its cases are named', async (t) => {
  const files = filesOf(t, {
    'policies.yaml': policies.replace(
      'function: customer-tier',
      'function: customer-tier\n          accessKey: "{#secrets.get(\'env:X\')}"\n          secretKey: y',
    ),
    'policies.test.yaml': `
policies: ./policies.yaml
secrets: {env:X: stands-in}
defaults: {api: orders}
tests:
  - {name: gold, request: {body: {id: 1}}, functions: {customer-tier: {result: {tier: gold}}}, expect: {error: null}}
  - {name: nothing, request: {path: /other}, expect: {calls: []}}
`,
  });
  const file = files['policies.test.yaml'];
  const first = await runMain(['try', '--test', file]);
  assert.equal(first.code, 0, first.stderr);
  assert.match(first.stdout, /set x-tier: gold/);
  assert.match((await runMain(['try', '--test', file, '--case', 'nothing'])).stdout, /^Request: GET \/other$/m);
  assert.match(
    (await runMain(['try', '--test', file, '--case', 'gold', '-d', '{"id":9}', '/mine'])).stdout,
    /payload +\{"id":9\}/,
  );
  const { code, stderr } = await runMain(['try', '--test', file, '--case', 'god']);
  assert.equal(code, 2);
  assert.match(stderr, /has no test "god"; did you mean gold\?/);
});

test('secrets are never read: each has a stand-in, also where nothing opens it', async (t) => {
  const document = policies.replaceAll(
    'function: authorise',
    'function: authorise, accessKey: "{#secrets.get(\'env:HOME\')}", secretKey: "{#secrets.get(\'file:/etc/shadow\')}"',
  );
  const { p } = filesOf(t, { p: document });
  const args = ['try', '--config', p, '--api', 'private', '--answer', 'authorise={result: {}}', '/'];
  const { code, stderr } = await runMain(args);
  assert.deepEqual([code, stderr], [0, '']);
  assert.equal((await runMain([...args, '--secret', 'env:HOME=mine'])).code, 0);
  assert.match(
    (await runMain([...args, '--secret', 'HOME=mine'])).stderr,
    /--secret is env:NAME=TEXT or file:\/PATH=TEXT/,
  );
});

test('trust stores are not read, nor anything else of the machine', async (t) => {
  const ssl = 'ssl: {trustStoreType: PEM, trustStorePath: /none/ca.pem}, endpoint: "https://vpce.example"';
  const { p } = filesOf(t, { p: policies.replaceAll('function: authorise', `function: authorise, ${ssl}`) });
  const args = ['try', '--config', p, '--api', 'private', '--answer', 'authorise={result: {}}', '/'];
  assert.deepEqual(await runMain(args).then(({ code, stderr }) => [code, stderr]), [0, '']);
});

for (const [args, code, message] of [
  [['/'], 2, /which policies\? --config policies\.yaml, or --test FILE/],
  [['--config', 'P'], 2, /which request\? e\.g\. try --config/],
  [['--config', 'P', '/'], 2, /which API\? --api is one of orders, private/],
  [['--config', 'P', '--api', 'order', '/'], 2, /no API has the name "order", did you mean orders\?/],
  [['--config', 'P', '--route', 'x', '/'], 2, /no API has "x" among its routes/],
  [['--config', 'P', '/a', '/b'], 2, /two requests: "\/a" and "\/b"; try runs one/],
  [['--config', '/none/p.yaml', '/'], 1, /\/none\/p\.yaml/],
  [['--config', 'P', '--api', 'orders', '/none/request.yaml'], 2, /\/none\/request\.yaml cannot be read: ENOENT/],
  [['--config', 'P', '--answer', 'x', '/'], 2, /--answer x is not FUNCTION=ANSWER/],
  [['--config', 'P', '--answer', 'f={reslt: 1}', '/'], 1, /--answer f:1:2 reslt: unknown field, did you mean result\?/],
  [
    ['--config', 'P', '--answer', 'f={error: Nope}', '/'],
    1,
    /--answer f:1:9 error: is not the name of a known AWS error/,
  ],
  [['--config', 'P', '--backend', '{status: 42}', '/'], 1, /--backend:1:10 status: /],
  [['--config', 'P', '--case', 'x', '/'], 2, /--case needs --test FILE/],
  [['--config', 'P', '--format', 'xml', '/'], 2, /--format is text or json, not xml/],
  [['--config', 'P', '--allow-live', '--serve'], 2, /--allow-live cannot be combined with --serve/],
  [['--config', 'P', '--allow-live', '--answer', 'f={result: 1}', '/'], 2, /--answer or --answers/],
  [['--config', 'P', '--allow-secret', 'env:X', '/'], 2, /--allow-secret requires --allow-live/],
  [['--config', 'P', '--serve', '--port', '70000'], 2, /--port must be a whole number from 0 to 65535/],
] as const) {
  test(`try ${args.join(' ')} is refused`, async (t) => {
    const { p } = filesOf(t, { p: policies });
    const ran = await runMain(['try', ...args.map((arg) => (arg === 'P' ? p : arg))]);
    assert.match(ran.stderr, message);
    assert.equal(ran.code, code, ran.stderr);
  });
}

test('control characters and marks that turn text around are shown as escapes in a terminal', async (t) => {
  const { p } = filesOf(t, { p: policies });
  const hostile = '{resultText: "\\e[2J\\u202e{\\"tier\\": 1}"}';
  const { stdout } = await runMain([
    'try',
    '--config',
    p,
    '--api',
    'orders',
    '-d',
    'x',
    '--answer',
    `customer-tier=${hostile}`,
    '/',
  ]);
  assert.match(stdout, /\\u001b\[2J\\u202e/);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are looked for
  assert.doesNotMatch(stdout, /[\x00-\x08\x0b-\x1f\x7f\u202e]/);
});

test('names of steps and variables neither move the cursor nor begin a line', async (t) => {
  const name = '"n\\e[2J\\n::error::x"';
  const { p } = filesOf(t, {
    p: `version: 1\napis: {a: {request: [{name: ${name}, configuration: {function: f, variables: [{name: ${name}, value: v}]}}]}}\n`,
  });
  const { stdout } = await runMain(['try', '--config', p, '--answer', 'f={result: 1}', '/']);
  assert.match(stdout, /^1\. n\\u001b\[2J\\n::error::x \(request phase\): f answered$/m);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are looked for
  assert.doesNotMatch(stdout, /[\x00-\x08\x0b-\x1f]|^\s*::/m);
});

test('a step with a cache tells whether a server would keep the result; no trial touches a result store', async (t) => {
  const { p } = filesOf(t, {
    p: `
version: 1
resultStore: {redis: {url: "redis://127.0.0.1:1"}, secret: "{#secrets.get('env:LAMBDA_EXT_PROC_SECRET_NOT_SET')}"}
apis:
  default:
    request:
      - name: kept
        configuration:
          function: f
          payload: x
          cache: {ttlSeconds: 30, key: "{#request.headers['x-key'][0]}"}
          sendToConsumer: true
`,
  });
  const rows: readonly (readonly [string, string, RegExp])[] = [
    ['x-key: a', '{result: {}}', /^ +cache +a server keeps the result for 30 s; a trial keeps none$/m],
    ['x-other: a', '{result: {}}', /^ +cache +not kept: this request has no key$/m],
    ['x-key: a', '{failure: read-timeout}', /^ +cache +not kept: the answer is not successful$/m],
  ];
  for (const [header, answer, row] of rows) {
    const { stdout, stderr } = await runMain(['try', '--config', p, '--answer', `f=${answer}`, '-H', header, '/a']);
    assert.match(stdout, row, stderr);
  }
});
