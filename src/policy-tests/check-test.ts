import { suggestion } from '../closest.ts';
import type { DocumentPath, Reporter, Source } from '../config/index.ts';
import { serviceErrorNames, serviceErrorStatus } from '../lambda/index.ts';
import { errorCatalogue } from '../policy/index.ts';
import type { AnswerDocument, ExpectDocument, TestDocument } from './schema/index.ts';

type Checked = Partial<TestDocument>;

/** Reports problems of a test, or of `defaults`, that a schema cannot express. `source`: the value as written. */
export function checkTest(test: Checked, path: DocumentPath, source: Source, reporter: Pick<Reporter, 'error'>): void {
  const report = (place: DocumentPath, message: string, part?: 'key' | 'value'): void =>
    reporter.error([...path, ...place], message, part);
  checkBody(test.request, ['request'], report);
  checkBody(test.backend, ['backend'], report);
  for (const place of ['request', 'backend'] as const) {
    for (const name of Object.keys(test[place]?.headers ?? {})) {
      if (name.startsWith(':')) report([place, 'headers', name], `is not a header: ${PSEUDO[place]}`, 'key');
    }
  }
  for (const [name, answers] of Object.entries(test.functions ?? {})) {
    if (!Array.isArray(answers)) checkAnswer(answers, ['functions', name], report);
    else for (const [index, answer] of answers.entries()) checkAnswer(answer, ['functions', name, index], report);
  }
  if (test.expect !== undefined) checkExpect(test.expect, ['expect'], report);
  const isUnwritten = (place: DocumentPath): boolean => source.isUnwritten([...path, ...place]);
  for (const place of meaningfulNulls(test.expect)) {
    if (isUnwritten(place)) report(place, 'is empty: write null for "there is none", or a value', 'key');
  }
}

const PSEUDO = {
  request: 'write method, path, scheme, or the header host',
  backend: 'write status',
} as const;

type Report = (place: DocumentPath, message: string, part?: 'key' | 'value') => void;

interface Bytes {
  readonly body?: unknown;
  readonly bodyBase64?: string | null | undefined;
}

function checkBody(message: Bytes | null | undefined, path: DocumentPath, report: Report): void {
  if (message?.body !== undefined && typeof message.bodyBase64 === 'string') {
    report([...path, 'bodyBase64'], 'cannot be combined with body: write one of them', 'key');
  }
}

function checkAnswer(answer: AnswerDocument, path: DocumentPath, report: Report): void {
  const isThere = (field: keyof AnswerDocument): boolean =>
    field === 'result' ? answer.result !== undefined : answer[field] !== undefined && answer[field] !== null;
  const results = (['result', 'resultText', 'resultBase64', 'chunks'] as const).filter(isThere);
  const refuses = isThere('error') || isThere('status');
  const kinds = [
    ...(results.length > 0 || isThere('functionError') ? [results[0] ?? 'functionError'] : []),
    ...(refuses ? [isThere('error') ? 'error' : 'status'] : []),
    ...(isThere('failure') ? ['failure'] : []),
  ];
  if (kinds.length === 0) report(path, 'has no answer: write result, chunks, functionError, error, status or failure');
  if (kinds.length > 1)
    report([...path, kinds[1] ?? ''], `cannot be combined with ${kinds[0]}: an answer has exactly one of them`, 'key');
  if (results.length > 1)
    report([...path, results[1] ?? ''], `cannot be combined with ${results[0]}: write one of them`, 'key');
  if (isThere('prelude') && results.length === 0) {
    report([...path, 'prelude'], 'requires a result or chunks, which are the body behind it', 'key');
  }
  if (isThere('reason') && !isThere('error')) report([...path, 'reason'], 'requires error', 'key');
  if (isThere('retryAfterSeconds') && !refuses)
    report([...path, 'retryAfterSeconds'], 'requires error or status', 'key');
  const { error } = answer;
  if (typeof error === 'string' && !isThere('status') && serviceErrorStatus(error) === undefined) {
    const hint = suggestion(error, serviceErrorNames()) || ': set its status too';
    report([...path, 'error'], `is not the name of a known AWS error${hint}`);
  }
}

function checkExpect(expect: ExpectDocument, path: DocumentPath, report: Report): void {
  if (Object.keys(expect).length === 0) {
    report(
      path,
      'expects nothing, so that the test cannot fail: write calls, forwarded, response, attributes or error',
    );
  }
  for (const place of ['forwarded', 'response'] as const) checkBody(expect[place], [...path, place], report);
  const { error } = expect;
  if (typeof error === 'string' && !Object.hasOwn(errorCatalogue, error)) {
    report([...path, 'error'], `is not an error key${suggestion(error, Object.keys(errorCatalogue))}`);
  }
  for (const [index, call] of (expect.calls ?? []).entries()) {
    if (typeof call === 'string') continue;
    if (call.payload !== undefined && typeof call.payloadBase64 === 'string') {
      report([...path, 'calls', index, 'payloadBase64'], 'cannot be combined with payload: write one of them', 'key');
    }
  }
}

/** Fields in which null means "there is none", so it must be intended. */
function meaningfulNulls(expect: ExpectDocument | undefined): readonly DocumentPath[] {
  if (expect === undefined) return [];
  const { forwarded, response, attributes } = expect;
  const messages = [
    ['forwarded', forwarded],
    ['response', response],
  ] as const;
  return [
    ['error'],
    ['forwarded'],
    ...messages.map(([place]) => [place, 'body']),
    ...messages.flatMap(([place, message]) =>
      (['headers', 'trailers'] as const).flatMap((part) =>
        Object.keys(message?.[part] ?? {}).map((name) => [place, part, name]),
      ),
    ),
    ...Object.keys(attributes ?? {}).map((name) => ['attributes', name]),
    ...(expect.calls ?? []).map((_, index) => ['calls', index, 'payload']),
  ].map((place) => ['expect', ...place]);
}
