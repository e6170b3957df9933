import { reportOf, type TestReport, TestRun } from '../../src/policy-tests/index.ts';

/** Files of tests and documents that are nowhere but here. Objects are written as JSON, which is YAML. */
export async function runFiles(
  files: Readonly<Record<string, string | object>>,
  tested: readonly string[] = ['t.yaml'],
): Promise<TestReport> {
  const read = async (file: string): Promise<string> => {
    const found = files[file];
    if (found === undefined) throw new Error(`${file}: there is no such file`);
    return typeof found === 'string' ? found : JSON.stringify(found);
  };
  const run = new TestRun({ read, version: '0.0.0' });
  for (const file of tested) await run.add(file);
  return reportOf(run);
}

/** One test of a document with the API `default`: its result. */
export async function resultOf(document: object, test: object) {
  const { files } = await runFiles({
    'policies.yaml': { version: 1, envoy: { allowModeOverride: true }, ...document },
    't.yaml': { policies: 'policies.yaml', tests: [{ name: 'one', ...test }] },
  });
  const [file] = files;
  const [result] = file?.results ?? [];
  if (result === undefined) throw new Error(JSON.stringify(file?.problems));
  return result;
}

/** The labels of what differs. */
export async function differing(document: object, test: object): Promise<readonly string[]> {
  const { problem, mismatches } = await resultOf(document, test);
  if (problem !== undefined) throw new Error(problem);
  return mismatches.map(({ label }) => label);
}
