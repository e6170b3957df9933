import { type BodyTemplate, ExpressionError } from '../expression/index.ts';
import { charge, type MemoryAccount, unlimitedMemory } from '../memory-account.ts';
import type { BodyNeeds, FunctionResult, RequestFormat, ResponseFormat, TransactionView } from './format.ts';
import { FormatError } from './format-error.ts';
import type { FunctionAnswer } from './function-answer.ts';

const noNeeds: BodyNeeds = { requestBody: false, responseBody: false };

/** The text of `payload` unchanged, or the JSON of its object; null, "" and a missing `payload` mean no payload. */
export class RawRequest implements RequestFormat {
  readonly needs: BodyNeeds;
  readonly readsBytes = false;
  /** Where the text has no expression. */
  readonly shared: Uint8Array | undefined;
  readonly #payload: BodyTemplate | undefined;

  constructor(payload: BodyTemplate | undefined) {
    this.needs = payload?.needs ?? noNeeds;
    this.#payload = payload?.constant === undefined ? payload : undefined;
    this.shared = payload?.constant ? Buffer.from(payload.constant) : undefined;
  }

  encode(transaction: TransactionView, memory: MemoryAccount = unlimitedMemory): Uint8Array | undefined {
    if (this.#payload === undefined) return this.shared;
    try {
      const text = this.#payload.evaluate(transaction);
      if (text === null || text === '') return undefined;
      charge(memory, Buffer.byteLength(text));
      return Buffer.from(text);
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      throw new FormatError('the expression of payload failed', { cause: error });
    }
  }
}

const json = [['content-type', 'application/json']] as const;
const none = [] as const;

/** The status of the Invoke API and the result's bytes; JSON, as every result of a function is, unless there are none. */
export const rawResponse: ResponseFormat = {
  decode({ status, payload }: FunctionResult): FunctionAnswer {
    return { status, headers: payload.length === 0 ? none : json, body: payload };
  },
};
