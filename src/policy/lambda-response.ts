import type { LambdaResponseScope } from '../expression/index.ts';
import { type FunctionAnswer, isWhole } from '../formats/index.ts';

/** `#lambdaResponse`: the body as text, decoded when an expression asks for it. */
export class LambdaResponse implements LambdaResponseScope {
  readonly status: number;
  readonly #body: FunctionAnswer['body'];
  #content: string | undefined;

  constructor({ status, body }: FunctionAnswer) {
    this.status = status;
    this.#body = body;
  }

  /** Empty while the body still arrives: what an expression reads is whole or nothing. */
  get content(): string {
    this.#content ??= isWhole(this.#body) ? textOf(this.#body) : '';
    return this.#content;
  }
}

function textOf({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('utf8');
}
