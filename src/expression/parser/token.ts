/** A token of an expression. `text` of a string or number is its source. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export type TokenKind = 'identifier' | 'string' | 'int' | 'long' | 'hexInt' | 'hexLong' | 'real' | 'float' | Operator;

/** Operators and brackets under their symbols; words such as `eq` have become symbols already. */
export type Operator =
  | '+'
  | '++'
  | '-'
  | '--'
  | '*'
  | '/'
  | '%'
  | '^'
  | '^['
  | '.'
  | '?.'
  | ','
  | ':'
  | '?'
  | '?:'
  | '?['
  | '='
  | '=='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | '!'
  | '!['
  | '&&'
  | '||'
  | '&'
  | '('
  | ')'
  | '['
  | ']'
  | '{'
  | '}'
  | '#'
  | '@'
  | '$[';
