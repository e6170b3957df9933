import { dirname, isAbsolute, join } from 'node:path';
import { closest } from '../../closest.ts';
import { readTestFile, type TestFile, type TestFileDocument } from '../../policy-tests/index.ts';
import { type ParsedCommandLine, UsageError } from '../command-line.ts';
import { type CaseDocument, type FunctionsDocument, readAnswer, readBackend, readFunctions } from './case-document.ts';
import { readBytes, readGivenText } from './read-texts.ts';
import { readRequestArgument } from './request-argument.ts';
import type { SplitArguments } from './split-arguments.ts';
import { readStandIns } from './stand-ins.ts';

/** A test of the test file, without what it expects. */
export interface NamedCase {
  readonly name: string;
  readonly given: CaseDocument;
}

/** What the command line says of the run. */
export interface TrySetup {
  readonly config: string;
  /** Undefined: there is no request, and the playground begins with examples. */
  readonly given: CaseDocument | undefined;
  /** The command line itself says something of the request or its answers, or which test. */
  readonly isOwn: boolean;
  readonly cases: readonly NamedCase[];
  /** Where the cases are. */
  readonly testFile: string | undefined;
  readonly standIns: ReadonlyMap<string, string>;
  readonly envoy: TestFileDocument['envoy'];
}

/** Throws UsageError and PolicyDocumentError. */
export async function readTrySetup(line: ParsedCommandLine, split: SplitArguments): Promise<TrySetup> {
  const file = line.text('test');
  const tests = file === undefined ? undefined : await readTests(file);
  const config = line.text('config') ?? (tests === undefined ? undefined : besideFile(tests));
  if (config === undefined) throw new UsageError('which policies? --config policies.yaml, or --test FILE');
  const cases = tests === undefined ? [] : casesOf(tests);
  const chosen = chosenCase(cases, line.text('case'), file);
  const request = await readRequestArgument(split);
  const functions = await readAnswers(line);
  const backend = line.text('backend');
  const { text, name } = backend === undefined ? nothing : await readGivenText(backend, '--backend');
  const base = chosen?.given ?? {};
  const given: CaseDocument = {
    ...base,
    ...selection(line, base),
    request: request ?? base.request,
    functions: { ...base.functions, ...functions },
    backend: backend === undefined ? base.backend : readBackend(text, name),
  };
  const isGiven = request !== undefined || chosen !== undefined;
  return {
    config,
    given: isGiven ? given : undefined,
    isOwn:
      [request, backend, line.text('case')].some((each) => each !== undefined) || Object.keys(functions).length > 0,
    cases,
    testFile: file,
    standIns: new Map([...Object.entries(tests?.document.secrets ?? {}), ...readStandIns(line.list('secret'))]),
    envoy: tests?.document.envoy,
  };
}

const nothing = { text: '', name: '' };

function besideFile({ fileName, document: { policies } }: TestFile): string {
  return isAbsolute(policies) ? policies : join(dirname(fileName), policies);
}

/** The tests of a file, as they are now. Throws UsageError and PolicyDocumentError. */
export async function readCases(file: string): Promise<readonly NamedCase[]> {
  return casesOf(await readTests(file));
}

async function readTests(file: string): Promise<TestFile> {
  return readTestFile((await readBytes(file)).toString('utf8'), file);
}

function casesOf({ tests }: TestFile): readonly NamedCase[] {
  return tests.map(({ name, document: { api, route, authority, request, functions, backend } }) => {
    return { name, given: { api, route, authority, request, functions, backend } };
  });
}

function chosenCase(cases: readonly NamedCase[], name: string | undefined, file: string | undefined) {
  if (name === undefined) return cases[0];
  if (file === undefined) throw new UsageError('--case needs --test FILE');
  const names = cases.map((each) => each.name);
  const found = cases.find((each) => each.name === name);
  if (found !== undefined) return found;
  const meant = closest(name, names);
  throw new UsageError(
    `${file} has no test ${JSON.stringify(name)}; ${meant === undefined ? `it has ${names.join(', ')}` : `did you mean ${meant}?`}`,
  );
}

/** Who names one of them does not mean the test's other one. */
function selection(
  line: ParsedCommandLine,
  { api, route, authority }: CaseDocument,
): Pick<CaseDocument, 'api' | 'route' | 'authority'> {
  const given = { api: line.text('api'), route: line.text('route'), authority: line.text('authority') };
  return Object.values(given).every((each) => each === undefined) ? { api, route, authority } : given;
}

async function readAnswers(line: ParsedCommandLine): Promise<FunctionsDocument> {
  const file = line.text('answers');
  const all = file === undefined ? {} : readFunctions((await readBytes(file)).toString('utf8'), file);
  const single = await Promise.all(
    line.list('answer').map(async (value) => {
      const at = value.indexOf('=');
      const of = value.slice(0, at);
      if (at < 1) throw new UsageError(`--answer ${value} is not FUNCTION=ANSWER, such as tier={result: {tier: gold}}`);
      const { text, name } = await readGivenText(value.slice(at + 1), `--answer ${of}`);
      return readAnswer(of, text, name);
    }),
  );
  return Object.assign({}, all, ...single);
}
