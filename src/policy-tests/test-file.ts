import { type DocumentPath, PolicyDocumentError, type Position, readChecked } from '../config/index.ts';
import { checkTest } from './check-test.ts';
import { withDefaults } from './laid-defaults.ts';
import { type TestDocument, type TestFileDocument, testFileSchema } from './schema/index.ts';

/** One test of a file, with the fields of `defaults` added. */
export interface PolicyTest {
  readonly name: string;
  readonly document: TestDocument;
  readonly path: DocumentPath;
}

export interface TestFile {
  readonly fileName: string;
  readonly document: TestFileDocument;
  readonly tests: readonly PolicyTest[];
  /** Where a value, or the key before it, is. */
  locate(path: DocumentPath, part?: 'key' | 'value'): Position;
}

/** Throws PolicyDocumentError with every problem of the file. */
export function readTestFile(text: string, fileName: string): TestFile {
  const { data: document, source, reporter } = readChecked(testFileSchema, text, fileName);
  const tests = document.tests.map((test, index): PolicyTest => {
    return { name: test.name, document: withDefaults(test, document.defaults), path: ['tests', index] };
  });
  const names = new Map<string, number>();
  for (const [index, test] of document.tests.entries()) {
    const earlier = names.get(test.name);
    if (earlier !== undefined) {
      const { line } = source.locate(['tests', earlier, 'name']);
      reporter.error(['tests', index, 'name'], `is already the name of the test in line ${line}: names must be unique`);
    } else names.set(test.name, index);
  }
  if (document.defaults) checkTest(document.defaults, ['defaults'], source, reporter);
  for (const { path, document: test } of tests) checkTest(test, path, source, reporter);
  if (reporter.hasErrors) throw new PolicyDocumentError(reporter.problems);
  const locate = (path: DocumentPath, part?: 'key' | 'value'): Position => source.locate(path, part);
  return { fileName, document, tests, locate };
}
