import { dirname, isAbsolute, join } from 'node:path';
import { suggestion } from '../closest.ts';
import { type LoadedPolicies, loadPolicies, PolicyDocumentError, type Problem } from '../config/index.ts';
import { StandInSecrets } from '../trial/index.ts';
import { Coverage } from './coverage.ts';
import { placesOf } from './coverage-places.ts';
import { runTest, type TestResult } from './run-test.ts';
import { type PolicyTest, readTestFile, type TestFile } from './test-file.ts';

/** The result of one test file. */
export interface FileReport {
  readonly file: string;
  /** What is wrong with the file or with its document; then nothing was run. */
  readonly problems: readonly Problem[];
  readonly results: readonly TestResult[];
}

/** The options for running test files. */
export interface TestWorld {
  /** Rejects with an error that names the file. */
  readonly read: (file: string) => Promise<string>;
  /** `#node.version`. */
  readonly version: string;
}

/** Files of tests, one after the other; those that test one document share its coverage. */
export class TestRun {
  readonly #world: TestWorld;
  readonly reports: FileReport[] = [];
  /** By the name of the document's file. */
  readonly coverage = new Map<string, Coverage>();
  /** All files that were read, documents too. */
  readonly files = new Set<string>();

  constructor(world: TestWorld) {
    this.#world = world;
  }

  async add(file: string): Promise<void> {
    this.reports.push(await this.#report(file));
  }

  async #report(file: string): Promise<FileReport> {
    try {
      return await this.#runFile(file);
    } catch (error) {
      if (!(error instanceof PolicyDocumentError)) throw error;
      const problems = error.problems.filter(({ severity }) => severity === 'error');
      return { file, problems, results: [] };
    }
  }

  async #runFile(file: string): Promise<FileReport> {
    const tests = readTestFile(await this.#read(file), file);
    const { policies } = tests.document;
    const documentFile = isAbsolute(policies) ? policies : join(dirname(file), policies);
    const text = await this.#readDocument(documentFile, tests);
    const remedy = `write it under secrets in ${file}`;
    const secrets = new StandInSecrets(new Map(Object.entries(tests.document.secrets ?? {})), remedy);
    const { set } = loadPolicies(text, documentFile, secrets);
    checkApis(tests, set);
    const places = placesOf(set, text, documentFile);
    const coverage = this.coverage.get(documentFile) ?? new Coverage();
    this.coverage.set(documentFile, coverage);
    coverage.add(places);
    const results: TestResult[] = [];
    for (const test of tests.tests) {
      const result = await runTest(test, tests, set, this.#world.version);
      // A call without an answer says nothing about the policies.
      if (result.run !== undefined && result.problem === undefined) coverage.saw(result.run, places);
      results.push(result);
    }
    return { file, problems: [], results };
  }

  #read(file: string): Promise<string> {
    this.files.add(file);
    return this.#world.read(file);
  }

  async #readDocument(file: string, tests: TestFile): Promise<string> {
    try {
      return await this.#read(file);
    } catch (error) {
      throw problemAt(tests, ['policies'], error instanceof Error ? error.message : String(error));
    }
  }
}

/** A test of a missing API would only test that it is missing. */
function checkApis(tests: TestFile, set: LoadedPolicies['set']): void {
  for (const { document, path } of tests.tests) {
    const { api, route, authority, request } = document;
    const isSelected = set.selectAttributes.some((name) => Object.hasOwn(request?.attributes ?? {}, name));
    if (typeof api === 'string' && !set.apis.has(api)) {
      throw problemAt(
        tests,
        pathOfApi(tests, path),
        `is not an API of the document${suggestion(api, set.apis.keys())}`,
      );
    }
    if (!api && !route && !authority && !isSelected && set.fallback === undefined) {
      throw problemAt(tests, path, `selects no API: write api or route (APIs are ${[...set.apis.keys()].join(', ')})`);
    }
  }
}

/** Of the test itself, or of `defaults`. */
function pathOfApi(tests: TestFile, path: PolicyTest['path']): PolicyTest['path'] {
  const own = tests.document.tests[Number(path[1])]?.api;
  return own ? [...path, 'api'] : ['defaults', 'api'];
}

function problemAt(tests: TestFile, path: PolicyTest['path'], message: string): PolicyDocumentError {
  const { fileName: file } = tests;
  return new PolicyDocumentError([{ severity: 'error', file, path: path.join('.'), message, ...tests.locate(path) }]);
}
