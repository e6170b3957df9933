import { suggestion } from '../closest.ts';
import { type GivenAnswer, type Invocation, serviceErrorStatus } from '../lambda/index.ts';
import { bytesDocument } from './bytes.ts';
import { differencesOf } from './difference.ts';
import { namesOf, qualifierOf } from './function-names.ts';
import type { AnswerDocument, TestDocument } from './schema/index.ts';

/** No answer is given for a function. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
  readonly functionName: string;
  /** The end of the message: what the test file needs; "" if there is no hint. */
  readonly remedy: string;

  constructor(functionName: string, reason: string, remedy = '') {
    super(`the policies call ${functionName}, for which ${reason}`);
    this.functionName = functionName;
    this.remedy = remedy;
  }
}

const noResult: GivenAnswer = { kind: 'result', payload: Buffer.alloc(0), delayMs: 0 };

/** The functions of one test: each call uses up one answer of a list; a single answer serves every call. */
export class GivenFunctions {
  readonly #functions: ReadonlyMap<string, AnswerDocument | readonly AnswerDocument[]>;
  readonly #used = new Set<AnswerDocument>();

  constructor(document: TestDocument['functions']) {
    this.#functions = new Map(Object.entries(document ?? {}));
  }

  /** Throws NoAnswerError. */
  answer(invocation: Invocation): GivenAnswer {
    const name = namesOf(invocation).find((candidate) => this.#functions.has(candidate));
    const given = name === undefined ? undefined : this.#functions.get(name);
    const { functionName } = invocation;
    if (given === undefined) {
      // An Event and a DryRun have no result that could be given.
      if (invocation.invocationType !== 'RequestResponse') return noResult;
      const hint = suggestion(functionName, this.#functions.keys());
      throw new NoAnswerError(
        functionName,
        `no answer is given${hint}`,
        hint === '' ? ': write it under functions' : '',
      );
    }
    const answers: readonly AnswerDocument[] = isList(given) ? given : [given];
    const isFree = (answer: AnswerDocument): boolean => !isList(given) || !this.#used.has(answer);
    const found = answers.find((answer) => isFree(answer) && fits(answer.when, invocation));
    if (found === undefined) {
      const reason = answers.some((answer) => fits(answer.when, invocation))
        ? 'all are used up'
        : 'none of their `when` conditions matches';
      throw new NoAnswerError(functionName, `no answer is left: ${reason}`);
    }
    this.#used.add(found);
    return givenAnswer(found);
  }
}

function isList(given: AnswerDocument | readonly AnswerDocument[]): given is readonly AnswerDocument[] {
  return Array.isArray(given);
}

function fits(when: AnswerDocument['when'], invocation: Invocation): boolean {
  if (when === null || when === undefined) return true;
  const qualifier = qualifierOf(invocation);
  if (when.region !== null && when.region !== undefined && when.region !== invocation.region) return false;
  if (when.qualifier !== null && when.qualifier !== undefined && when.qualifier !== qualifier) return false;
  const payload = bytesDocument(when.payload, undefined);
  return payload === undefined || differencesOf(payload, Buffer.from(invocation.payload ?? [])).length === 0;
}

function givenAnswer(document: AnswerDocument): GivenAnswer {
  const { failure, error, status, reason, retryAfterSeconds, functionError } = document;
  const delayMs = document.delayMs ?? 0;
  if (typeof failure === 'string') return { kind: 'failure', failure, delayMs };
  if (typeof error === 'string' || typeof status === 'number') {
    return {
      kind: 'refusal',
      name: error ?? undefined,
      status: status ?? serviceErrorStatus(error ?? '') ?? 500,
      reason: reason ?? undefined,
      retryAfterSeconds: retryAfterSeconds ?? undefined,
      delayMs,
    };
  }
  const pieces = piecesOf(document);
  const payload = pieces === undefined ? resultOf(document) : Buffer.concat(pieces);
  return { kind: 'result', payload, pieces, functionError: functionError ?? undefined, delayMs };
}

/** Between the prelude and the body. */
const DELIMITER = Buffer.alloc(8);

/** What a streaming function writes; undefined: its result comes in one piece. */
function piecesOf(document: AnswerDocument): readonly Buffer[] | undefined {
  const { prelude, chunks } = document;
  if (!prelude && !chunks) return undefined;
  const head = prelude ? [Buffer.from(JSON.stringify(prelude)), DELIMITER] : [];
  return [...head, ...(chunks?.map((chunk) => Buffer.from(chunk)) ?? [resultOf(document)])];
}

/** As a Lambda runtime reports an error. */
const FUNCTION_ERROR = { errorType: 'Error', errorMessage: 'failed as the test says' };

function resultOf({ result, resultText, resultBase64, functionError }: AnswerDocument): Buffer {
  if (typeof resultText === 'string') return Buffer.from(resultText);
  if (typeof resultBase64 === 'string') return Buffer.from(resultBase64, 'base64');
  if (result === undefined && typeof functionError === 'string') return Buffer.from(JSON.stringify(FUNCTION_ERROR));
  return Buffer.from(JSON.stringify(result ?? null));
}
