import { FormatError } from '../format-error.ts';
import { JsonScanner, type JsonSpan, JsonSyntaxError } from './json-scanner.ts';

/** The keys of a result that any dialect reads. */
const KNOWN = ['statusCode', 'headers', 'multiValueHeaders', 'cookies', 'body', 'isBase64Encoded'] as const;

export type ResultKey = (typeof KNOWN)[number];

/** A name with more bytes, quotes included, is not a known key, however it is escaped. */
const LONGEST_NAME = 6 * Math.max(...KNOWN.map((key) => key.length)) + 2;

/** A function's result that is a JSON object: the positions of its known keys' values. */
export class ResultFields {
  readonly scanner: JsonScanner;
  readonly #spans: ReadonlyMap<string, JsonSpan>;

  private constructor(scanner: JsonScanner, spans: ReadonlyMap<string, JsonSpan>) {
    this.scanner = scanner;
    this.#spans = spans;
  }

  /** Throws FormatError for anything else; `what` names the bytes in the message. */
  static read(payload: Uint8Array, what = 'the result'): ResultFields {
    const scanner = new JsonScanner(payload);
    const { start } = scanner;
    if (scanner.kind(start) !== 'object') throw new FormatError(`${what} is not a JSON object`);
    const spans = new Map<string, JsonSpan>();
    try {
      const end = scanner.object(start, (name, value) => {
        if (name.end - name.start > LONGEST_NAME) return;
        const key = scanner.text(name);
        // The last value of a name counts, as it does for JSON.parse.
        if (isKnown(key)) spans.set(key, value);
      });
      scanner.finish(end);
    } catch (error) {
      if (!(error instanceof JsonSyntaxError)) throw error;
      throw new FormatError(`${what} is not JSON`, { cause: error });
    }
    return new ResultFields(scanner, spans);
  }

  has(key: ResultKey): boolean {
    return this.#spans.has(key);
  }

  /** Undefined where the key is absent. */
  get(key: ResultKey): JsonSpan | undefined {
    return this.#spans.get(key);
  }

  /** Undefined where the key is absent or its value is null. */
  value(key: ResultKey): JsonSpan | undefined {
    const span = this.#spans.get(key);
    return span === undefined || this.scanner.kind(span.start) === 'null' ? undefined : span;
  }
}

function isKnown(key: string): key is ResultKey {
  return KNOWN.some((known) => known === key);
}
