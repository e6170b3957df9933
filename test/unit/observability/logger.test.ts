import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLogger, describeError, type LogLevel } from '../../../src/observability/index.ts';

type Line = Record<string, unknown>;

function capture(level: LogLevel = 'info') {
  const lines: string[] = [];
  const logger = createLogger({ level, destination: { write: (line: string) => void lines.push(line) } });
  return { logger, lines, last: (): Line => JSON.parse(lines.at(-1) ?? '{}') as Line };
}

test('a line is JSON with its level as text and an ISO time', () => {
  const { logger, last } = capture();
  logger.info({ api: 'orders', durationMs: 3 }, 'invoked');
  const { time, ...rest } = last();
  assert.match(String(time), /^\d{4}-\d\d-\d\dT/);
  assert.deepEqual(rest, { level: 'info', api: 'orders', durationMs: 3, msg: 'invoked' });
});

test('fields that are named like secrets are cut out at every depth', () => {
  const { logger, lines, last } = capture();
  logger.warn({
    accessKey: 'S3CR3T',
    aws: { sessionToken: 'S3CR3T', list: [{ password: 'S3CR3T' }] },
    headers: { Authorization: 'S3CR3T', 'x-amz-security-token': 'S3CR3T', accept: 'text/plain' },
    payload: 'S3CR3T',
  });
  assert.ok(!lines.join('').includes('S3CR3T'), lines.join(''));
  assert.equal((last().headers as Line).accept, 'text/plain');
});

test('a payload is shown at debug only, a secret never', () => {
  const quiet = capture();
  quiet.logger.info({ payload: 'P4YL04D', result: { body: 'P4YL04D' } });
  assert.ok(!quiet.lines.join('').includes('P4YL04D'));
  const loud = capture('debug');
  loud.logger.debug({ payload: 'P4YL04D', secretKey: 'S3CR3T' });
  assert.match(loud.lines.join(''), /P4YL04D/);
  assert.ok(!loud.lines.join('').includes('S3CR3T'));
});

test('a token that AWS quotes in an error message is cut out', () => {
  const { logger, lines } = capture();
  const quoted = new Error(
    "The Canonical String should have been 'POST\n/\nx-amz-security-token:FwoGZXIvYXdzEXAMPLE\nhost;x'. secretAccessKey=wJalrXUtnFEMI Signature=0123abcd",
  );
  logger.error({ err: new Error('invoking failed', { cause: quoted }) }, 'failed');
  assert.ok(!/FwoGZXIvYXdzEXAMPLE|wJalrXUtnFEMI|0123abcd/.test(lines.join('')), lines.join(''));
  assert.match(lines.join(''), /invoking failed/);
});

for (const text of [
  '{"AccessKeyId":"AKIA","SecretAccessKey":"S3CR3T","Token":"S3CR3T more"}',
  '{"SessionToken" : "S3CR3T"}',
  "{ AWS_SESSION_TOKEN: 'S3CR3T', password: 'S3CR3T and more' }",
  String.raw`{"event":"{\"secretAccessKey\":\"S3CR3T\",\"id_token\": \"S3CR3T\"}"}`,
  'x-amz-security-token: S3CR3T',
  '"x-amz-security-token":"S3CR3T"',
  'Authorization: Basic S3CR3T',
  '{"authorization":"Basic S3CR3T"}',
  '"Authorization": "Bearer S3CR3T"',
  'connect ECONNREFUSED rediss://user:S3CR3T@store:6379/0 and http://:S3CR3T@proxy',
  'grant_type=refresh_token&client_secret=S3CR3T&x=1',
]) {
  test(`what others write of secrets is cut out: ${text}`, () => {
    assert.doesNotMatch(describeError(new Error(text)), /S3CR3T|more/);
  });
}

test('words about secrets stay', () => {
  for (const text of [
    'AccessDeniedException (403): User: arn:aws:sts::1:assumed-role/x is not authorized to perform: lambda:InvokeFunction',
    'policies.yaml:4:14 mutations.headers.set.authorization: the expression does not parse at character 16',
    'https://host:6379/a@b {"nextToken":"abc"} Basic plan',
  ]) {
    assert.equal(describeError(new Error(text)), text);
  }
});

test('an error is logged without its stack and own fields, with its cause; the stack comes with debug', () => {
  const error = Object.assign(new TypeError('broken', { cause: new Error('because') }), {
    code: 'ECONNRESET',
    request: { body: 'S3CR3T' },
  });
  const quiet = capture();
  quiet.logger.error({ err: error }, 'x');
  assert.deepEqual(quiet.last().err, {
    type: 'TypeError',
    message: 'broken',
    code: 'ECONNRESET',
    cause: { type: 'Error', message: 'because' },
  });
  const loud = capture('debug');
  loud.logger.error({ err: error }, 'x');
  assert.match(String((loud.last().err as Line).stack), /logger\.test/);
});

test('hostile fields are bounded: long texts, deep objects, bytes, big numbers', () => {
  const { logger, lines, last } = capture();
  let deep: Line = {};
  for (let i = 0; i < 10_000; i++) deep = { deep };
  logger.info({ long: 'x'.repeat(1_000_000), deep, bytes: new Uint8Array(1_000_000), big: 2n ** 70n });
  assert.ok((lines[0] ?? '').length < 20_000);
  assert.equal(last().bytes, '(1000000 bytes)');
  assert.equal(last().big, '1180591620717411303424');
});

test('an error is described in one line, with its causes', () => {
  const error = new Error('cannot read policies.yaml', { cause: new Error('line one\n  line two') });
  assert.equal(describeError(error), 'cannot read policies.yaml: line one line two');
  assert.equal(describeError('text'), 'text');
});

test('blanks cost their length once, wherever a secret or a line break could begin', () => {
  // A quadratic pattern takes minutes for the second and the third.
  const blanks = ' '.repeat(400_000);
  const { logger, last } = capture();
  logger.error({ reason: `bearer${blanks}` }, 'x');
  assert.match(String(last().reason), /^bearer/);
  assert.equal(describeError(new Error(`a${blanks.slice(0, 8_000)}b`)).length, 8_002);
  const { logger: other, lines } = capture();
  for (let count = 0; count < 2_000; count++) other.error({ reason: `bearer${' '.repeat(8_180)}` }, 'x');
  assert.equal(lines.length, 2_000);
});

test('a line has no character at which a reader ends it, or that a terminal obeys, and says the same', () => {
  const { logger, lines, last } = capture();
  const hostile = 'a\u2028{"level":"fatal"}\u2029\u0085\u009b31m\u001b[31m\u007f\u202ecba\u2066 "\\\\ äß€😀 \ud800';
  logger.error({ reason: hostile, [hostile]: 1, err: new Error(hostile) }, hostile);
  const line = lines.at(-1) ?? '';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there.
  assert.doesNotMatch(line.slice(0, -1), /[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/);
  assert.deepEqual([last().reason, last().msg, last()[hostile]], [hostile, hostile, 1]);
  assert.ok(line.includes('äß€😀'));
});
