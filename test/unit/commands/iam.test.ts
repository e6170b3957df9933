// The command itself: what it prints, tells and refuses.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UsageError } from '../../../src/commands/command-line.ts';
import { iamCommand } from '../../../src/commands/iam.ts';
import { filesOf, runMain } from '../../support/command.ts';

const document = `version: 1
inline: {functions: [pub], roles: ["arn:aws:iam::222222222222:role/pub"]}
apis:
  b:
    request:
      - configuration: {function: "{#request.headers['x'][0]}"}
      - configuration:
          function: f
          accessKey: "{#secrets.get('env:LAMBDA_EXT_PROC_SECRET_ID')}"
          secretKey: "{#secrets.get('file:/run/secrets/lambda-ext-proc/key')}"
          roleArn: arn:aws:iam::222222222222:role/r
          externalId: "{#secrets.get('env:LAMBDA_EXT_PROC_SECRET_EXTERNAL')}"
  a:
    response:
      - {name: last, configuration: {function: g, sendToConsumer: false}}
`;

const run = (file: string, ...args: readonly string[]) => runMain(['iam', '--config', file, ...args]);

test('the policies are JSON on the standard output, and what is left is counted beside it', async (t) => {
  const { p } = filesOf(t, { p: document });
  const { code, stdout, stderr } = await run(p, '--principal', 'arn:aws:iam::111111111111:role/gateway');
  assert.equal(code, 0, stderr);
  const report = JSON.parse(stdout);
  assert.deepEqual(Object.keys(report), ['machine', 'roles', 'keys', 'notes']);
  assert.deepEqual(report.machine.usedBy, ['b.lambda-1', 'a.last', 'inline']);
  assert.deepEqual(Object.keys(report.keys), ['b.f-2']);
  assert.match(stderr, new RegExp(`leave ${report.notes.length} things to you`));
});

test('a note has the place in the document', async (t) => {
  const { p } = filesOf(t, { p: document });
  const { notes } = JSON.parse((await run(p)).stdout) as { notes: string[] };
  assert.ok(
    notes.some((note) =>
      note.startsWith(`${p}:6:35 apis.b.request.0.configuration.function: it depends on the request`),
    ),
    notes.join('\n'),
  );
  assert.ok(notes.some((note) => note.includes('.externalId: it is in a secret')));
});

test('the same document gives the same text, and no secret is needed', async (t) => {
  const { p } = filesOf(t, { p: document });
  const runs = await Promise.all([run(p), run(p), run(p)]);
  assert.deepEqual(new Set(runs.map(({ stdout }) => stdout)).size, 1);
});

test('a document that check refuses is refused, with its place', async (t) => {
  const { p } = filesOf(t, { p: 'version: 1\napis: {a: {request: [{configuration: {funktion: f}}]}}\n' });
  const { code, stdout, stderr } = await run(p);
  assert.deepEqual([code, stdout], [1, '']);
  assert.match(stderr, /:2:\d+.*did you mean function\?/);
});

test('what is not an account, a role or a document is a usage error that says what is', async (t) => {
  const { p } = filesOf(t, { p: document });
  const io = { stdout: { write: () => 0 }, stderr: { write: () => 0 }, env: {} };
  const refused = (args: readonly string[], message: RegExp) =>
    assert.rejects(iamCommand(args, io), (error) => error instanceof UsageError && message.test(error.message));
  await refused([], /which document/);
  await refused(['--config', p, '--account', '1234'], /12 digits/);
  await refused(['--config', p, '--principal', 'gateway'], /ARN of a role or user/);
  const session = 'arn:aws:sts::111111111111:assumed-role/gateway/i-1';
  await refused(['--config', p, '--principal', session], /that is a session/);
  const principal = 'arn:aws:iam::111111111111:role/gateway';
  await refused(['--config', p, '--principal', principal, '--account', '222222222222'], /leave --account out/);
});
