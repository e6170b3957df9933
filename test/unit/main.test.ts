import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { runMain as run } from '../support/command.ts';

const commands = ['serve', 'check', 'eval', 'test', 'try', 'health', 'init', 'schema', 'import-gravitee'];

test('--version prints the version of the package, after a command too', async () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  assert.deepEqual(await run(['--version']), { code: 0, stdout: `${version}\n`, stderr: '' });
  for (const command of commands) assert.equal((await run([command, '--version'])).stdout, `${version}\n`);
});

test('--help names every command, and each command’s help its flags with their variables', async () => {
  for (const args of [['--help'], ['-h'], ['help']]) {
    const { code, stdout } = await run(args);
    assert.equal(code, 0);
    for (const command of commands) assert.match(stdout, new RegExp(`^ {2}${command} `, 'm'));
  }
  const { code, stdout } = await run(['serve', '--help']);
  assert.equal(code, 0);
  assert.match(stdout, /--listen ADDRESS\n.*default 127\.0\.0\.1:50051.*\n +LAMBDA_EXT_PROC_LISTEN/);
  assert.equal((await run(['help', 'check'])).stdout, (await run(['check', '--help'])).stdout);
});

test('without a command the help goes to standard error, and the code is 2', async () => {
  const { code, stdout, stderr } = await run([]);
  assert.equal(code, 2);
  assert.equal(stdout, '');
  assert.match(stderr, /^Usage: lambda-ext-proc COMMAND/m);
});

for (const [args, message] of [
  [['serv'], 'unknown command serv; did you mean serve?'],
  [['import'], 'unknown command import; did you mean import-gravitee?'],
  [
    ['xyzzy'],
    'unknown command xyzzy; commands are serve, check, eval, test, try, health, init, iam, schema, import-gravitee',
  ],
  [['--serve'], 'unknown flag --serve; did you mean serve?'],
  [['serve', '--listn', 'x'], 'unknown flag --listn for serve; did you mean --listen?'],
  [['serve', '--tls-cret', 'x'], 'unknown flag --tls-cret for serve; did you mean --tls-cert?'],
  [['serve', '--what'], 'unknown flag --what for serve; see lambda-ext-proc serve --help'],
  [['serve', '-l', 'x'], 'unknown flag -l for serve; see lambda-ext-proc serve --help'],
  [['serve', '--listen'], '--listen needs a value: --listen ADDRESS'],
  [['serve', '--config', '--listen', 'x'], '--config needs a value: --config FILE'],
  [['serve', 'policies.yaml'], 'unexpected argument "policies.yaml" for serve; see lambda-ext-proc serve --help'],
  [['serve', '--workers', '0'], '--workers must be a whole number from 1 to 128, not "0"'],
  [['serve', '--workers', '1.5'], '--workers must be a whole number from 1 to 128, not "1.5"'],
  [['serve', '--workers', 'auto'], '--workers must be a whole number from 1 to 128, not "auto"'],
  [['serve', '--drain-grace', '-1'], '--drain-grace must be a number from 0 to 3600, not "-1"'],
  [
    ['serve', '--log-level', 'loud'],
    '--log-level must be one of trace, debug, info, warn, error, fatal, silent, not "loud"',
  ],
  [['serve', '--tls-cert', 'a.pem'], 'TLS needs both --tls-cert and --tls-key'],
  [['serve', '--tls-client-ca', 'a.pem'], 'TLS needs both --tls-cert and --tls-key'],
  [['serve', '--listen', 'unix:/a', '--listen', 'unix:/a'], '--listen unix:/a is given twice'],
] as const) {
  test(`${args.join(' ')}: ${message}`, async () => {
    assert.deepEqual(await run(args), { code: 2, stdout: '', stderr: `lambda-ext-proc: ${message}\n` });
  });
}

test('several workers without {worker} in an address are refused with the way to write it', async () => {
  const { code, stderr } = await run(['serve', '--workers', '2', '--listen', 'unix:/run/a.sock']);
  assert.equal(code, 2);
  assert.match(
    stderr,
    /--workers 2 needs \{worker\} in each --listen.*unix:\/run\/a\.sock has none; e\.g\. unix:\/run\//,
  );
});

test('flags come from the environment as well, and the command line wins', async () => {
  const { stderr } = await run(['serve'], { LAMBDA_EXT_PROC_WORKERS: 'many' });
  assert.match(stderr, /--workers must be .* not "many"/);
  const other = await run(['serve', '--workers', 'few'], { LAMBDA_EXT_PROC_WORKERS: 'many' });
  assert.match(other.stderr, /not "few"/);
  const list = await run(['serve'], { LAMBDA_EXT_PROC_LISTEN: 'unix:/a, unix:/a' });
  assert.match(list.stderr, /--listen unix:\/a is given twice/);
  const empty = await run(['serve'], { LAMBDA_EXT_PROC_WORKERS: '', LAMBDA_EXT_PROC_LOG_LEVEL: 'no' });
  assert.match(empty.stderr, /--log-level must be/);
});

test('--flag=value is the same as --flag value, and -- ends the flags', async () => {
  assert.match((await run(['serve', '--workers=x'])).stderr, /not "x"/);
  assert.match((await run(['serve', '--', '--help'])).stderr, /unexpected argument "--help"/);
});

test('an error is one line without a stack, unless the log level is debug', async () => {
  const quiet = await run(['serve', '--workers', 'x']);
  assert.equal(quiet.stderr.split('\n').length, 2);
  const loud = await run(['serve', '--workers', 'x'], { LAMBDA_EXT_PROC_LOG_LEVEL: 'debug' });
  assert.match(loud.stderr, /\n +at /);
});

test('the program itself prints and ends with the code', async () => {
  const program = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [program, '--help']);
  assert.match(stdout, /^Usage: lambda-ext-proc/m);
  await assert.rejects(promisify(execFile)(process.execPath, [program, 'serv']), { code: 2 });
});
