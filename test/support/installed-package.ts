import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const DEFINITION = join(import.meta.dirname, '../unit/import/definitions/v2-flows.json');

/** The output of a program; another exit code than 0 is an error. */
export function runProgram(
  command: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: NodeJS.ProcessEnv },
): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    ...options,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  if (error) throw error;
  assert.equal(status, 0, `${command} ${args.join(' ')}: ${stdout}${stderr}`);
  return stdout;
}

/** Every command but `serve` and `health`, as a user of the package has them: `program` runs one in `directory` and gives its output. */
export function tryCommands(directory: string, program: (...args: readonly string[]) => string): void {
  program('init', 'gateway');
  const at = (name: string): string => join(directory, 'gateway', name);
  assert.match(program('check', at('policies.yaml'), '--envoy', at('envoy.yaml'), '--strict'), /\S/);
  assert.match(program('test', at('policies.test.yaml')), /3 of 3 tests passed/);
  const tried = program(
    'try',
    '--config',
    at('policies.yaml'),
    '--answer',
    'hello={result: {greeting: hi}}',
    '/hello?name=ada',
  );
  assert.match(tried, /greet/);
  const report = JSON.parse(program('iam', '--config', at('policies.yaml'), '--account', '111111111111'));
  assert.match(JSON.stringify(report.machine), /arn:aws:lambda:us-east-1:111111111111:function:hello/);
  assert.equal(program('eval', '{(1 + 1)}'), '2\n');
  for (const [name, title] of [
    ['policies', 'policies'],
    ['test', 'policy-tests'],
  ] as const) {
    assert.match(JSON.parse(program('schema', name)).$id, new RegExp(`/schema/${title}\\.schema\\.json$`));
  }
  program('import-gravitee', DEFINITION, '--out', 'imported', '--accept', 'api-key');
  program('check', join(directory, 'imported/policies.yaml'), '--envoy', join(directory, 'imported/envoy.yaml'));
}
