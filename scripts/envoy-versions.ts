// `npm run test:envoy-versions [-- --versions 1.36.2,1.40.0] [TEST FILE…]`: the tests that start a real Envoy, on each
// Envoy that is supported, and what differs between them. Ends with 1 when a test failed on any.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { envoyVersions, installEnvoy } from './setup/envoy-versions.mjs';
import type { TestLine } from './support/test-lines.ts';
import { testsWithEnvoy } from './support/tests-with-envoy.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
/** The same random cases on every version: a test names its seed. */
const seed = process.env.SEED || String(Date.now() % 2 ** 31);
const reporter = fileURLToPath(new URL('support/test-lines.ts', import.meta.url));

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({ options: { versions: { type: 'string' } }, allowPositionals: true });
  const versions = values.versions?.split(',') ?? envoyVersions;
  const unknown = versions.filter((version) => !envoyVersions.includes(version));
  if (unknown.length > 0)
    throw new Error(`no such version: ${unknown.join(', ')}; there are ${envoyVersions.join(', ')}`);
  const files = positionals.length > 0 ? positionals : testsWithEnvoy(root);
  const byTest = new Map<string, Map<string, TestLine>>();
  let failed = 0;
  for (const version of versions) {
    const started = performance.now();
    const lines = await runTests(installEnvoy(root, version), files);
    for (const line of lines) {
      const key = `${line.file}: ${line.name}`;
      byTest.set(key, (byTest.get(key) ?? new Map<string, TestLine>()).set(version, line));
    }
    const count = (outcome: TestLine['outcome']) => lines.filter((line) => line.outcome === outcome).length;
    failed += count('FAIL');
    const seconds = Math.round((performance.now() - started) / 1000);
    console.log(
      `Envoy ${version}: ${count('pass')} passed, ${count('FAIL')} failed, ${count('skip')} skipped, ${seconds} s`,
    );
    if (lines.length === 0) throw new Error(`no test ran on Envoy ${version}`);
  }
  tellDifferences(byTest, versions);
  return failed === 0 ? 0 : 1;
}

function runTests(envoy: string, files: readonly string[]): Promise<readonly TestLine[]> {
  return new Promise((resolve, reject) => {
    // Set by a test runner that this runs under: the inner one would report to it.
    const { NODE_TEST_CONTEXT: _, ...outer } = process.env;
    const child = spawn(
      process.execPath,
      ['--test', '--test-timeout=300000', `--test-reporter=${reporter}`, ...files],
      { cwd: root, env: { ...outer, ENVOY_BIN: envoy, SEED: seed }, stdio: ['ignore', 'pipe', 'ignore'] },
    );
    const lines: TestLine[] = [];
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.startsWith('{')) lines.push(JSON.parse(line) as TestLine);
    });
    child.on('error', reject);
    child.on('close', () => resolve(lines));
  });
}

function tellDifferences(
  byTest: ReadonlyMap<string, ReadonlyMap<string, TestLine>>,
  versions: readonly string[],
): void {
  let same = 0;
  for (const [test, lines] of byTest) {
    const outcomes = versions.map((version) => lines.get(version)?.outcome ?? 'absent');
    if (new Set(outcomes).size === 1 && outcomes[0] !== 'FAIL') {
      same++;
      continue;
    }
    console.log(`\n${test}`);
    for (const [i, version] of versions.entries()) {
      const reason = lines.get(version)?.reason;
      console.log(`  ${version}: ${outcomes[i]}${reason === undefined ? '' : `, ${reason.split('\n', 1)[0]}`}`);
    }
  }
  console.log(
    `\n${same} of ${byTest.size} tests have the same outcome on all of ${versions.join(', ')} (seed ${seed})`,
  );
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(`test:envoy-versions: ${error instanceof Error ? error.message : String(error)}`);
  return 2;
});
