// `check --live` against a local AWS that checks signatures and policies, and against a stub for what it does not do.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { temporaryDirectory } from '../../scripts/support/temporary-directory.ts';
import { checkCommand } from '../../src/commands/check.ts';
import { checkLive, type LiveCheck } from '../../src/commands/live-check.ts';
import { formatProblem, loadPolicies, parseSource, SecretStore } from '../../src/config/index.ts';
import { createLambdaInvoker } from '../../src/lambda/index.ts';
import { FaultStub } from '../support/fault-stub.ts';
import { accessKey, secretKey, secrets } from '../support/invocation.ts';
import { allow, type LocalAws, startLocalAws } from '../support/ministack.ts';

async function live(text: string, timeoutMs?: number): Promise<LiveCheck & { readonly lines: readonly string[] }> {
  const store = new SecretStore();
  const { set } = await store.load(() => loadPolicies(text, 'policies.yaml', store));
  const invoker = createLambdaInvoker({ environment: {}, random: () => 0 });
  try {
    const source = parseSource(text, 'policies.yaml');
    const found = await checkLive({ set, invoker, fileName: 'policies.yaml', source, ...(timeoutMs && { timeoutMs }) });
    return { ...found, lines: [...found.problems.map(formatProblem), ...found.notes] };
  } finally {
    await invoker.close();
  }
}

function only(lines: readonly string[], ...words: readonly string[]): string {
  assert.equal(lines.length, 1, lines.join('\n') || 'nothing');
  const [line = ''] = lines;
  for (const word of words) assert.ok(line.includes(word), `${word} is missing in: ${line}`);
  return line;
}

suite('check --live against a local AWS', () => {
  let aws: LocalAws;
  let caller: { accessKey: string; secretKey: string };
  let stranger: { accessKey: string; secretKey: string };
  let role = '';
  let closedRole = '';
  const document = (step: string, keys = caller): string =>
    `version: 1\napis:\n  orders:\n    request:\n      - {name: step, configuration: {${step}, region: us-east-1, endpoint: "${aws.endpoint}", accessKey: ${keys.accessKey}, secretKey: ${keys.secretKey}}}\n`;

  before(async () => {
    aws = await startLocalAws();
    process.env.AWS_ENDPOINT_URL_STS = aws.endpoint;
    caller = await aws.createUser('caller', allow('lambda:InvokeFunction', 'sts:AssumeRole'));
    stranger = await aws.createUser('stranger', allow('sts:GetCallerIdentity'));
    await aws.createFunction('enrich', { code: 'export const handler = async () => { throw new Error("it ran"); };' });
    role = await aws.createRole('invoke', aws.trust(['user/caller']), allow('lambda:InvokeFunction'));
    closedRole = await aws.createRole('closed', aws.trust(['user/nobody']), allow('lambda:InvokeFunction'));
  });
  after(async () => {
    delete process.env.AWS_ENDPOINT_URL_STS;
    await aws.stop();
  });

  test('a function that may be invoked is reported with the identity', async () => {
    const { lines, problems } = await live(document('function: enrich'));
    const line = only(
      lines,
      'policies.yaml:5:',
      'apis.orders.request.0: live: enrich in us-east-1 may be invoked by static keys …',
    );
    assert.equal(problems.length, 0);
    assert.ok(!line.includes(caller.secretKey) && !line.includes(caller.accessKey));
  });

  test('a function that is not there is reported with name and region', async () => {
    only(
      (await live(document('function: enrcih'))).lines,
      'live: enrcih is not in us-east-1',
      'ResourceNotFound',
      'correct `function`',
    );
    only(
      (await live(document('function: enrich, qualifier: gone'))).lines,
      'enrich (qualifier gone) is not in us-east-1',
    );
  });

  test('an identity without the permission is reported with the action', async () => {
    const line = only(
      (await live(document('function: enrich', stranger))).lines,
      'may not invoke enrich in us-east-1',
      'AccessDenied',
      '`lambda:InvokeFunction`',
    );
    assert.ok(!line.includes(stranger.secretKey));
  });

  test('keys that AWS does not know are reported', async () => {
    const unknown = { accessKey: 'AKIANOBODYNOBODY', secretKey: 'hidden-secret' };
    const line = only(
      (await live(document('function: enrich', unknown))).lines,
      'rejects the credentials of static keys …BODY',
    );
    assert.ok(!line.includes('hidden-secret'));
    const wrong = { ...caller, secretKey: 'hidden-secret' };
    assert.ok(
      !only((await live(document('function: enrich', wrong))).lines, 'the credentials of').includes('hidden-secret'),
    );
  });

  test('roles are assumed, and one that cannot be assumed is reported with the reason of STS', async () => {
    only(
      (await live(document(`function: enrich, roleArn: "${role}"`, caller))).lines,
      'may be invoked by role arn:aws:iam::',
    );
    only(
      (await live(document(`function: enrich, roleArn: "${closedRole}"`, caller))).lines,
      'the role cannot be assumed',
      'AccessDenied',
      'trust policy',
    );
  });

  test('steps that call the same are asked for once, and each is reported', async () => {
    const text = document('function: enrcih')
      .replace(/( {6}- .*\n)/, '$1$1')
      .replace('name: step', 'name: first');
    const { problems } = await live(text);
    assert.deepEqual(
      problems.map(({ path }) => path),
      ['apis.orders.request.0', 'apis.orders.request.1'],
    );
  });
});

suite('check --live against a stub', () => {
  let stub: FaultStub;
  const document = (steps: readonly string[], more = ''): string =>
    `version: 1\n${more}defaults: {region: us-east-1, endpoint: "http://127.0.0.1:${stub.port}", accessKey: ${accessKey}, secretKey: ${secretKey}}\napis:\n  orders:\n    request:\n${steps.map((step, index) => `      - {name: s${index}, configuration: {${step}}}\n`).join('')}`;

  before(async () => {
    stub = await FaultStub.start({ secrets });
  });
  after(() => stub.stop());

  for (const [type, words] of [
    ['AccessDeniedException', ['may not invoke f in us-east-1', '`lambda:InvokeFunction`']],
    ['ExpiredTokenException', ['have expired']],
    ['UnrecognizedClientException', ['rejects the credentials']],
    ['TooManyRequestsException', ['warning: live: f in us-east-1 is throttled']],
    ['ServiceException', ['f in us-east-1 could not be checked:']],
  ] as const) {
    test(`${type} is reported`, async () => {
      const status = type === 'TooManyRequestsException' ? 429 : type === 'ServiceException' ? 500 : 403;
      const answer = {
        status,
        headers: { 'x-amzn-errortype': type },
        body: '{"message": "User: arn:aws:iam::1:user/a is not authorized to perform: lambda:InvokeFunction"}',
      };
      stub.script('f', { kind: 'answer', answer });
      only(
        (await live(document(['function: f']))).lines,
        ...words,
        'is not authorized to perform: lambda:InvokeFunction',
      );
    });
  }

  test('nothing but dry runs is sent, whatever the step says', async () => {
    stub.requests.length = 0;
    await live(document(['function: a, invocationType: Event', 'function: b, payload: "{}"']));
    assert.ok(stub.requests.length >= 2);
    for (const { headers } of stub.requests) assert.equal(headers.get('x-amz-invocation-type'), 'DryRun');
  });

  test('what depends on a request is not asked for', async () => {
    stub.requests.length = 0;
    const { notes, problems } = await live(
      document(['function: "{#request.headers.fn}"', `function: f, qualifier: "{#context.attributes['v']}"`]),
    );
    assert.equal(stub.requests.length, 0);
    assert.deepEqual(problems, []);
    assert.match(notes[0] ?? '', /apis\.orders\.request\.0: live: not checked: function depends on the request$/);
    assert.match(notes[1] ?? '', /apis\.orders\.request\.1: live: not checked: qualifier depends on the request$/);
  });

  test('what allow does not allow is not asked for', async (t) => {
    stub.requests.length = 0;
    process.env.LAMBDA_EXT_PROC_SECRET_LIVE_ROLE = 'arn:aws:iam::222222222222:role/other';
    t.after(() => delete process.env.LAMBDA_EXT_PROC_SECRET_LIVE_ROLE);
    const role = `function: f, roleArn: "{#secrets.get('env:LAMBDA_EXT_PROC_SECRET_LIVE_ROLE')}"`;
    const text = document([role], 'allow: {roles: ["arn:aws:iam::111111111111:role/*"]}\n');
    const { lines } = await live(text);
    only(lines, 'apis.orders.request.0: live: not checked, and each request fails', 'is not in allow.roles');
    assert.equal(stub.requests.length, 0);
  });

  test('a secret that is not there is reported by its place', async () => {
    const text = document(['function: f']).replace(
      `secretKey: ${secretKey}`,
      `secretKey: "{#secrets.get('env:LAMBDA_EXT_PROC_SECRET_LIVE_TEST')}"`,
    );
    delete process.env.LAMBDA_EXT_PROC_SECRET_LIVE_TEST;
    only((await live(text)).lines, 'live: there is no call: ', 'LAMBDA_EXT_PROC_SECRET_LIVE_TEST');
    process.env.LAMBDA_EXT_PROC_SECRET_LIVE_TEST = secretKey;
    try {
      const answer = { status: 204 };
      stub.script('f', { kind: 'answer', answer });
      const line = only((await live(text)).lines, 'may be invoked');
      assert.ok(!line.includes(secretKey));
    } finally {
      delete process.env.LAMBDA_EXT_PROC_SECRET_LIVE_TEST;
    }
  });

  test('at most eight are asked for at a time, and the time for all is bounded', async () => {
    stub.requests.length = 0;
    const steps = Array.from({ length: 20 }, (_, index) => `function: slow${index}`);
    for (let index = 0; index < 20; index++) stub.script(`slow${index}`, { kind: 'hang', after: 'nothing' });
    const { problems } = await live(document(steps), 300);
    assert.equal(problems.length, 20);
    assert.equal(stub.requests.length, 8);
    assert.ok(problems.every(({ message }) => message.includes('the time for all functions')));
  });

  test('the command prints findings and notes, and fails for the first', async (t) => {
    const directory = temporaryDirectory('live-');
    t.after(() => directory.remove());
    const file = join(directory.path, 'policies.yaml');
    writeFileSync(file, document(['function: f', 'function: gone', 'function: "{#request.headers.fn}"']));
    stub.script('f', { kind: 'answer', answer: { status: 204 } });
    stub.script('gone', { kind: 'error', type: 'ResourceNotFoundException' });
    const run = async (...args: readonly string[]) => {
      let stdout = '';
      const io = { stdout: { write: (text: string) => (stdout += text) }, stderr: { write: () => true }, env: {} };
      return { code: await checkCommand([file, ...args], io), stdout };
    };
    const { code, stdout } = await run('--live');
    assert.equal(code, 1);
    assert.match(stdout, /:7:\d+ apis\.orders\.request\.1: live: gone is not in us-east-1/);
    assert.match(stdout, /:6:\d+ apis\.orders\.request\.0: live: f in us-east-1 may be invoked by static keys …\n/);
    assert.match(stdout, /:8:\d+ apis\.orders\.request\.2: live: not checked: function depends on the request\n/);
    assert.ok(!stdout.includes(secretKey) && !stdout.includes(accessKey));
    const json = JSON.parse((await run('--live', '--format', 'json')).stdout) as { notes: string[]; errors: number };
    assert.equal(json.notes.length, 2);
    assert.equal(json.errors, 1);
    stub.requests.length = 0;
    await run();
    assert.equal(stub.requests.length, 0, 'nothing is asked without the flag');
    const alone = checkCommand(['--live', '--envoy', file], {
      stdout: process.stdout,
      stderr: process.stderr,
      env: {},
    });
    await assert.rejects(alone, /--live checks the functions of policies\.yaml/);
  });

  test('a missing server is reported', async () => {
    const text = document(['function: f']).replace(`127.0.0.1:${stub.port}`, '127.0.0.1:1');
    only((await live(text)).lines, 'f in us-east-1 could not be reached:', 'correct `endpoint`');
  });
});
