import { tokenize } from './lexer.ts';
import type { SourceText } from './source-text.ts';
import type { Token, TokenKind } from './token.ts';

/** A template with more of these was not written by hand. */
const MAX_TOKENS = 10_000;

/** The tokens of one expression, one after the other, with errors that name the place. */
export class TokenReader {
  protected readonly source: SourceText;
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(source: SourceText) {
    this.source = source;
    this.#tokens = tokenize(source);
    if (this.#tokens.length > MAX_TOKENS) source.fail(`the expression has more than ${MAX_TOKENS} tokens`, 0);
  }

  protected skip(): void {
    this.#at++;
  }

  protected back(): void {
    this.#at--;
  }

  protected peek(): Token | undefined {
    return this.#tokens[this.#at];
  }

  protected take(kind: TokenKind): Token | undefined {
    const token = this.#tokens[this.#at];
    if (token?.kind !== kind) return undefined;
    this.#at++;
    return token;
  }

  protected takeWord(symbol: TokenKind | undefined, word: string): Token | undefined {
    const token = this.#tokens[this.#at];
    const isWord = token?.kind === 'identifier' && token.text.toLowerCase() === word;
    if (token === undefined || !(isWord || token.kind === symbol)) return undefined;
    this.#at++;
    return token;
  }

  protected next(what: string): Token {
    const token = this.#tokens[this.#at];
    if (token === undefined) return this.fail(`expected ${what}, but the expression ends`, undefined);
    this.#at++;
    return token;
  }

  protected expect(kind: TokenKind, what: string): Token {
    const token = this.take(kind);
    if (token) return token;
    const found = this.peek();
    const wanted = kind === 'identifier' ? what : `'${kind}' for ${what}`;
    return this.fail(`expected ${wanted}, ${found ? `not '${found.text}'` : 'but the expression ends'}`, found);
  }

  protected fail(message: string, token: Token | undefined): never {
    return this.source.fail(message, token?.start ?? this.source.text.length);
  }
}
