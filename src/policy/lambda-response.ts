import type { HeaderScope, LambdaResponseScope } from '../expression/index.ts';
import { type FunctionAnswer, isWhole } from '../formats/index.ts';
import type { MemoryAccount } from '../memory-account.ts';
import { HttpHeaders, ListedHeaders } from './http-headers.ts';
import { keepText } from './kept-text.ts';

/** `#lambdaResponse`: headers and the body as text are made when an expression asks for them. */
export class LambdaResponse implements LambdaResponseScope {
  readonly status: number;
  readonly #fields: FunctionAnswer['headers'];
  readonly #body: FunctionAnswer['body'];
  readonly #memory: MemoryAccount;
  #headers: HttpHeaders | undefined;
  #content: string | undefined;
  #bodyHeld: number;
  #textHeld = 0;

  /** A whole body is already charged to `memory`. */
  constructor({ status, headers, body }: FunctionAnswer, memory: MemoryAccount) {
    this.status = status;
    this.#fields = headers;
    this.#body = body;
    this.#memory = memory;
    this.#bodyHeld = isWhole(body) ? body.byteLength : 0;
  }

  get headers(): HeaderScope {
    this.#headers ??= new HttpHeaders(
      new ListedHeaders(this.#fields.map(([name, value]) => [name, Buffer.from(value)])),
    );
    return this.#headers;
  }

  /** Empty while the body still arrives: an expression reads the whole body or nothing. */
  get content(): string {
    if (this.#content === undefined) {
      const { text, held } = isWhole(this.#body) ? keepText(this.#body, this.#memory) : nothing;
      this.#content = text;
      this.#textHeld = held;
    }
    return this.#content;
  }

  /** The body becomes that of a message, which now gives back what the body takes. */
  handOver(): number {
    const held = this.#bodyHeld;
    this.#bodyHeld = 0;
    return held;
  }

  /** It is no longer visible to expressions. */
  release(): void {
    this.#memory.give(this.#bodyHeld + this.#textHeld);
    this.#bodyHeld = 0;
    this.#textHeld = 0;
  }
}

const nothing = { text: '', held: 0 };
