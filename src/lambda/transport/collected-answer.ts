import type { Answer, AnswerHeaders } from './answer.ts';
import type { AnswerSink, RunningExchange } from './answer-sink.ts';

const empty = Buffer.alloc(0);

/** Keeps the body until it is whole. */
export class CollectedAnswer implements AnswerSink<Answer> {
  readonly #maxBytes: number;
  #exchange: RunningExchange | undefined;
  #status = 0;
  #headers: AnswerHeaders = {};
  #first: Buffer | undefined;
  #rest: Buffer[] | undefined;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  head(status: number, headers: AnswerHeaders, exchange: RunningExchange): undefined {
    this.#exchange = exchange;
    this.#status = status;
    this.#headers = headers;
    if (Number(headers['content-length']) > this.#maxBytes) this.#refuse();
  }

  piece(bytes: Buffer): void {
    this.#bytes += bytes.byteLength;
    if (this.#bytes > this.#maxBytes) {
      this.#refuse();
    } else if (this.#first === undefined) {
      this.#first = bytes;
    } else {
      this.#rest ??= [this.#first];
      this.#rest.push(bytes);
    }
  }

  end(): Answer {
    const body = this.#rest === undefined ? (this.#first ?? empty) : Buffer.concat(this.#rest, this.#bytes);
    return { status: this.#status, headers: this.#headers, body };
  }

  /** Nothing was given before the end. */
  fail(): void {}

  #refuse(): void {
    this.#exchange?.refuse('answer-too-large', `the answer is larger than ${this.#maxBytes} bytes`);
  }
}
