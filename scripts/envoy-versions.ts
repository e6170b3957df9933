// `npm run test:envoy-versions [-- --versions 1.36.2,1.40.0] [TEST FILE…]`: runs the tests that start a real Envoy on each supported
// version, and prints the differences. Exits with 1 if a test failed on any version. Without arguments it also tests which features each
// Envoy has, and writes the table of docs/compatibility.md; with `--page` it does only that.
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writePage } from './compatibility/page.ts';
import { probeEnvoy } from './compatibility/probe-envoy.ts';
import { envoyVersions, installEnvoy } from './setup/envoy-versions.mjs';
import { runTests, summaryOf } from './support/run-tests.ts';
import type { TestLine } from './support/test-lines.ts';
import { testsWithEnvoy } from './support/tests-with-envoy.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
/** All versions get the same random cases: tests print their seed. */
const seed = process.env.SEED || String(Date.now() % 2 ** 31);

async function main(): Promise<number> {
  const options = { versions: { type: 'string' }, page: { type: 'boolean', default: false } } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const isWhole = values.versions === undefined && positionals.length === 0;
  if (values.page && !isWhole)
    throw new Error('--page tests all versions and runs no test files: use it without other arguments');
  if (isWhole) await tryEach();
  if (values.page) return 0;
  const versions = values.versions?.split(',') ?? envoyVersions;
  const unknown = versions.filter((version) => !envoyVersions.includes(version));
  if (unknown.length > 0)
    throw new Error(`no such version: ${unknown.join(', ')}; there are ${envoyVersions.join(', ')}`);
  const files = positionals.length > 0 ? positionals : testsWithEnvoy(root);
  const byTest = new Map<string, Map<string, TestLine>>();
  let failed = 0;
  for (const version of versions) {
    const started = performance.now();
    const lines = await runTests({ files, env: { ENVOY_BIN: installEnvoy(root, version), SEED: seed } });
    for (const line of lines) {
      const key = `${line.file}: ${line.name}`;
      byTest.set(key, (byTest.get(key) ?? new Map<string, TestLine>()).set(version, line));
    }
    failed += lines.filter(({ outcome }) => outcome === 'FAIL').length;
    console.log(summaryOf(`Envoy ${version}`, lines, started));
  }
  tellDifferences(byTest, versions);
  return failed === 0 ? 0 : 1;
}

/** Tests which features each Envoy has, for the page. */
async function tryEach(): Promise<void> {
  const columns = new Map<string, ReadonlyMap<string, string>>();
  for (const version of envoyVersions) columns.set(version, await probeEnvoy(installEnvoy(root, version)));
  console.log(`docs/compatibility.md ${writePage(columns) ? 'has changed' : 'is up to date'}`);
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
