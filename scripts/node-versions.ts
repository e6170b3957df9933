// `npm run test:node-versions [-- --versions 26.10.0] [TEST FILE…]`: runs the tests of `npm test` on the other supported versions of
// Node. Exits with 1 if a test failed on any of them.
import { delimiter, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { installNode, nodeVersions } from './setup/node-versions.mjs';
import { runTests, summaryOf } from './support/run-tests.ts';
import type { TestLine } from './support/test-lines.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** As in the script `test` of package.json: unit tests run in parallel, tests that start programs one after the other. */
const PARTS = [
  { args: ['--test-concurrency=2'], files: ['test/unit/**/*.test.ts'] },
  { args: [], files: ['test/!(unit)/**/*.test.ts'] },
];

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({ options: { versions: { type: 'string' } }, allowPositionals: true });
  const versions = values.versions?.split(',') ?? nodeVersions;
  let failed = false;
  for (const version of versions) {
    const started = performance.now();
    const node = installNode(root, version);
    // Programs that start `node` by its name also get this version.
    const env = { PATH: dirname(node) + delimiter + process.env.PATH };
    const lines: TestLine[] = [];
    for (const part of positionals.length > 0 ? [{ args: [], files: positionals }] : PARTS) {
      lines.push(...(await runTests({ ...part, node, env })));
    }
    console.log(summaryOf(`Node ${version}`, lines, started));
    for (const { file, name, reason } of lines.filter(({ outcome }) => outcome === 'FAIL')) {
      console.log(`\n${file}: ${name}\n  ${reason?.split('\n', 1)[0]}`);
      failed = true;
    }
  }
  return failed ? 1 : 0;
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(`test:node-versions: ${error instanceof Error ? error.message : String(error)}`);
  return 2;
});
