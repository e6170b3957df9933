import type { DocumentPath } from '../config/index.ts';
import type { Invocation } from '../lambda/index.ts';
import { writeJson } from '../policy/index.ts';
import type { HeaderLine, RecordedRun, RecordedStep } from '../trial/index.ts';
import { bytesDocument } from './bytes.ts';
import { type Difference, differencesOf, shown } from './difference.ts';
import { namesOf, qualifierOf } from './function-names.ts';
import type { CallDocument, ExpectDocument } from './schema/index.ts';

/** One expectation that was not met. */
export interface Mismatch extends Difference {
  /** In the test, as `['expect', 'forwarded', 'headers', 'x-tier']`. */
  readonly path: DocumentPath;
}

/** Every expectation that the run does not meet. */
export function mismatchesOf(expect: ExpectDocument, run: RecordedRun): readonly Mismatch[] {
  const found: Mismatch[] = [];
  const add: Add = (path, differences) => {
    for (const difference of differences) found.push({ path: ['expect', ...path], ...difference });
  };
  if (expect.error !== undefined) {
    equal(add, ['error'], expect.error, run.error?.failure.key ?? run.streamed?.cutBy ?? null);
  }
  compareCalls(expect, run, add);
  compareForwarded(expect, run, add);
  const { response } = expect;
  if (response) {
    if (isGiven(response.status)) equal(add, ['response', 'status'], response.status, run.response.status);
    if (isGiven(response.streamed)) {
      equal(add, ['response', 'streamed'], response.streamed, run.streamed !== undefined);
    }
    compareContent(response, run.response, ['response'], add);
  }
  for (const [name, value] of Object.entries(expect.attributes ?? {})) {
    equal(add, ['attributes', name], value, run.attributes.get(name) ?? null);
  }
  return found;
}

type Add = (path: DocumentPath, differences: readonly Difference[]) => void;

function equal(add: Add, path: DocumentPath, expected: unknown, actual: unknown): void {
  if (expected !== actual) add(path, [{ at: '', expected: nothingOr(expected), actual: nothingOr(actual) }]);
}

function nothingOr(value: unknown): string {
  return value === null || value === undefined ? 'nothing' : shown(value);
}

function isGiven<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}

type Lines = Readonly<Record<string, string | readonly string[] | null>> | null | undefined;

interface Content {
  readonly headers?: Lines;
  readonly body?: unknown;
  readonly bodyBase64?: string | null | undefined;
  readonly trailers?: Lines;
}

function compareContent(
  expected: Content,
  actual: { readonly headers: readonly HeaderLine[]; readonly body: Buffer; readonly trailers: readonly HeaderLine[] },
  path: DocumentPath,
  add: Add,
): void {
  compareLines(expected.headers, actual.headers, [...path, 'headers'], add);
  compareLines(expected.trailers, actual.trailers, [...path, 'trailers'], add);
  const body = bytesDocument(expected.body, expected.bodyBase64);
  const field = typeof expected.bodyBase64 === 'string' ? 'bodyBase64' : 'body';
  if (body !== undefined) add([...path, field], differencesOf(body, actual.body));
}

function compareLines(expected: Lines, actual: readonly HeaderLine[], path: DocumentPath, add: Add): void {
  for (const [name, value] of Object.entries(expected ?? {})) {
    const values = actual.filter(([line]) => line === name.toLowerCase()).map(([, one]) => one);
    const wanted = value === null ? [] : typeof value === 'string' ? [value] : value;
    const isSame = wanted.length === values.length && wanted.every((one, i) => one === values[i]);
    if (!isSame) add([...path, name], [{ at: '', expected: headerText(wanted), actual: headerText(values) }]);
  }
}

function headerText(values: readonly string[]): string {
  if (values.length === 0) return 'no such header';
  return values.map((value) => shown(value)).join(', ');
}

function compareForwarded({ forwarded }: ExpectDocument, run: RecordedRun, add: Add): void {
  if (forwarded === undefined) return;
  const actual = run.forwarded;
  if (forwarded === null || actual === undefined) {
    const isSame = forwarded === null && actual === undefined;
    const came = actual === undefined ? 'the backend is not called' : `${actual.method} ${actual.path}`;
    const expected = forwarded === null ? 'the backend is not called' : 'a request to the backend';
    if (!isSame) add(['forwarded'], [{ at: '', expected, actual: came }]);
    return;
  }
  if (isGiven(forwarded.method)) equal(add, ['forwarded', 'method'], forwarded.method, actual.method);
  if (isGiven(forwarded.path)) equal(add, ['forwarded', 'path'], forwarded.path, actual.path);
  compareContent(forwarded, actual, ['forwarded'], add);
}

function compareCalls({ calls }: ExpectDocument, run: RecordedRun, add: Add): void {
  if (!isGiven(calls)) return;
  const made = run.steps.flatMap((step) =>
    step.call === undefined ? [] : [{ step, invocation: step.call.invocation }],
  );
  const expected = calls.map((call) => (typeof call === 'string' ? { function: call } : call));
  const isSame =
    made.length === expected.length &&
    made.every(({ invocation }, i) => namesOf(invocation).includes(expected[i]?.function ?? ''));
  if (!isSame) {
    const names = (list: readonly string[]): string => (list.length === 0 ? 'no call' : list.join(', '));
    const came = names(made.map(({ invocation }) => invocation.functionName));
    add(['calls'], [{ at: '', expected: names(expected.map((call) => call.function)), actual: came }]);
    return;
  }
  for (const [i, { step, invocation }] of made.entries()) {
    const call = expected[i];
    if (call !== undefined) compareCall(call, step, invocation, ['calls', i], add);
  }
}

function compareCall(
  expected: Partial<CallDocument>,
  step: RecordedStep,
  invocation: Invocation,
  path: DocumentPath,
  add: Add,
): void {
  const { region, invocationType } = invocation;
  const actual = { step: step.step.name, region, qualifier: qualifierOf(invocation), invocationType };
  for (const field of ['step', 'region', 'qualifier', 'invocationType'] as const) {
    const wanted = expected[field];
    if (isGiven(wanted)) equal(add, [...path, field], wanted, actual[field]);
  }
  if (isGiven(expected.authorizer)) {
    add([...path, 'authorizer'], differencesOf({ kind: 'subset', value: expected.authorizer }, judgementOf(step)));
  }
  const bytes = Buffer.from(invocation.payload ?? []);
  if (expected.payloadIncludes !== undefined) {
    add([...path, 'payloadIncludes'], differencesOf({ kind: 'subset', value: expected.payloadIncludes }, bytes));
  }
  const payload = bytesDocument(expected.payload, expected.payloadBase64);
  const field = typeof expected.payloadBase64 === 'string' ? 'payloadBase64' : 'payload';
  if (payload !== undefined) {
    add([...path, field], differencesOf(payload, bytes));
  }
}

/** As JSON; empty: there is none. */
function judgementOf({ judgement: recorded }: RecordedStep): Buffer {
  if (recorded === undefined) return Buffer.alloc(0);
  const { judgement, grant } = recorded;
  const { verdict, statement = null } = judgement;
  const { principalId = null, context = null } = grant;
  return Buffer.from(writeJson({ allows: verdict === 'allow', statement, principalId, context }));
}
