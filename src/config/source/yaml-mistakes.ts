import { type Document, isCollection, isScalar, visit, type YAMLError } from 'yaml';

/** The problem and what to write; never quotes the text, which may be a secret. `offset`: the position in the text. */
export interface Mistake {
  readonly reason: string;
  readonly offset: number;
}

const QUOTE_TEMPLATE =
  'a text that begins with {# must be in quotes, otherwise YAML reads it as a map: write "{#…}", with single quotes inside';
const FOREIGN_TEMPLATE =
  'begins with {{, like templates of other tools (Helm, Jinja): render the file first; write an expression as "{#…}", in quotes';

/** The parser's messages are about YAML; these are for authors of policies. */
export function mistakeOf(text: string, error: YAMLError, document: Document.Parsed): Mistake {
  const at = Math.min(error.pos[0], text.length);
  const template = unquotedTemplate(text, at, document);
  if (template !== undefined) return template;
  const blank = oddBlank(text, at);
  if (blank !== undefined) return blank;
  const tell = TELL[error.code];
  const told = tell?.(text, at, error, document);
  if (typeof told === 'string') return { reason: told, offset: at };
  return told ?? { reason: `${yamlWords(error)}: check quotes, commas and indentation`, offset: at };
}

/** The parser's messages that quote no part of the text. */
function yamlWords({ code, message }: YAMLError): string {
  return code === 'UNEXPECTED_TOKEN' ? 'unexpected text' : message;
}

type Tell = (text: string, at: number, error: YAMLError, document: Document.Parsed) => string | Mistake | undefined;

const TELL: Readonly<Partial<Record<string, Tell>>> = {
  TAB_AS_INDENT: () => 'this line is indented with a tab: YAML accepts only spaces',
  BAD_ALIAS: () => 'a text that begins with * must be in quotes',
  BAD_DIRECTIVE: () =>
    'YAML reads a line that begins with % as a directive, and this is not a valid one: if it is text, put it in quotes',
  BAD_DQ_ESCAPE: () => 'unknown escape in double quotes: write the backslash twice, or put the text in single quotes',
  BAD_SCALAR_START: (text, at) => `a text that begins with ${text[at]} must be in quotes`,
  MULTIPLE_DOCS: () =>
    'a second document begins here, but a file may contain only one: remove the line `---` (or `...`), or write two files',
  TAG_RESOLVE_FAILED: () =>
    'a text that begins with ! must be in quotes: YAML reads it as a tag, and tags are not supported',
  BAD_INDENT: badIndent,
  BLOCK_AS_IMPLICIT_KEY: nestedMap,
  MULTILINE_IMPLICIT_KEY: missingColon,
  BLOCK_IN_FLOW: (text, at) => (text.startsWith('{{', at - 2) ? FOREIGN_TEMPLATE : undefined),
  MISSING_CHAR: missingCharacter,
  UNEXPECTED_TOKEN: unexpected,
};

function badIndent(text: string, at: number, { message }: YAMLError, document: Document.Parsed): Mistake {
  if (message.startsWith('Flow')) {
    const open = lastFlow(document, at, (start, end) => !isClosing(text[end - 1], text[start]));
    const offset = open ?? at;
    if (text[at] === ']' || text[at] === '}') {
      return {
        reason: `this ${text[at]} does not match the ${text[offset]} before it: a bracket is missing, or there is one too many`,
        offset: at,
      };
    }
    return { reason: `the ${text[offset]} that begins here is never closed, or its lines are not indented`, offset };
  }
  const offset = firstCharacter(text, at);
  if (text[offset] === '-') {
    return {
      reason: 'this list item is not in the same column as the items before it: align it with them',
      offset,
    };
  }
  return { reason: 'this line is not indented like the fields next to it: align it with them', offset };
}

function isClosing(character: string | undefined, opening: string | undefined): boolean {
  return character === (opening === '[' ? ']' : '}');
}

function nestedMap(text: string, at: number): string | Mistake {
  if (text[at] === '"' || text[at] === "'") return SECOND_QUOTE;
  if (text[at] === '?') return 'a text that begins with "? " must be in quotes';
  const line = text.slice(at, endOfLine(text, at));
  if (/:(?:\s|$)/.test(line))
    return 'a text that contains a colon followed by a blank must be in quotes, otherwise YAML reads it as a field';
  const next = firstCharacter(text, endOfLine(text, at) + 1);
  if (next >= text.length) return 'is neither a field nor a text: write `name: value`, with a blank after the colon';
  return {
    reason: 'this line is indented deeper than the line before it, which is complete: use the same indentation',
    offset: next,
  };
}

const SECOND_QUOTE =
  "the text ends at its second quote, but more text follows: write quotes inside it as \\\" in double quotes and '' in single ones";

function missingColon(text: string, at: number): string | Mistake {
  if (text.startsWith('- ', at))
    return 'a list item among fields: check whether the `name:` of the list is missing, or the indentation is wrong';
  return 'is not a field: write `name: value`, with a colon followed by a blank';
}

function missingCharacter(text: string, at: number, { message }: YAMLError, document: Document.Parsed) {
  if (message.startsWith('Missing closing')) {
    const offset = openQuote(document, at) ?? at;
    return { reason: `the text that begins here with ${text[offset]} has no closing ${text[offset]}`, offset };
  }
  if (message.startsWith('Sequence item')) {
    const offset = firstCharacter(text, at);
    return { reason: 'this line belongs to a list item: indent it like the first field of the item', offset };
  }
  if (message.startsWith('Comments')) return 'a # without a blank before it: put the whole text in quotes';
  if (message.startsWith('Missing , or :')) {
    return 'a comma is missing here, or the quotes around a text with commas, colons or braces in it';
  }
  return missingColon(text, at);
}

function unexpected(text: string, at: number, { message }: YAMLError): string | Mistake | undefined {
  const before = text.slice(0, at).trimEnd();
  const line = before.slice(before.lastIndexOf('\n') + 1);
  const star = /^\s*(?:- )?(\*)[^\s]*:?$/.exec(line);
  if (star !== null) {
    const offset = before.length - line.length + line.indexOf('*');
    return { reason: 'a name that begins with * must be in quotes: "*/*": …', offset };
  }
  if (message.startsWith('Not a YAML token') && /[|>][-+\d]*$/.test(before)) {
    return '| and > begin a text on the lines below: a text that begins so must be in quotes';
  }
  if (message.includes('block-seq-ind')) return 'a list begins on a line of its own, or is written [a, b]';
  if (/flow-(?:map|seq)-end/.test(message)) return `this ${text[at]} closes nothing`;
  if (/["']$/.test(before)) return SECOND_QUOTE;
  if (message.includes('flow-map-start')) return 'a text with { in it must be in quotes here';
  return undefined;
}

/** `{#request.path}` without quotes: YAML opens a map and treats the rest of the line as a comment. */
function unquotedTemplate(text: string, at: number, document: Document.Parsed): Mistake | undefined {
  const begin = text[at] === '#' ? at - 1 : at;
  if (/^\{#/.test(text.slice(begin, begin + 2))) return { reason: QUOTE_TEMPLATE, offset: begin };
  const offset = lastFlow(document, at, (start) => /^\{ *#/.test(text.slice(start, start + 20)));
  return offset === undefined ? undefined : { reason: QUOTE_TEMPLATE, offset };
}

/** Blanks other than spaces come from text that is copied from web pages and chats. */
function oddBlank(text: string, at: number): Mistake | undefined {
  const start = text.lastIndexOf('\n', at - 1) + 1;
  const found = ODD_BLANK.exec(text.slice(start, endOfLine(text, at)));
  return found === null ? undefined : { reason: ODD_BLANK_REASON, offset: start + found.index };
}

/** Where blanks mean something to YAML: before a field, and behind its colon or a dash. */
const ODD_BLANK = /(?<=^[ \t]*(?:- +)*|[:-])[\u00a0\u1680\u2000-\u200f\u2028\u2029\u202f\u205f\u3000\ufeff]/;
const ODD_BLANK_REASON =
  'this line has a blank that is not a space (as copied from a web page): replace it with spaces';

/** Where the last map or list in brackets begins that fits, before `at`. */
function lastFlow(document: Document.Parsed, at: number, fits: (start: number, end: number) => boolean) {
  let found: number | undefined;
  visit(document, (_key, node) => {
    if (!isCollection(node) || node.flow !== true || !node.range) return;
    const [start, end] = node.range;
    if (start < at && fits(start, end)) found = start;
  });
  return found;
}

function openQuote(document: Document.Parsed, at: number): number | undefined {
  let found: number | undefined;
  visit(document, (_key, node) => {
    if (isScalar(node) && node.type?.startsWith('QUOTE') && node.range && node.range[0] < at) found = node.range[0];
  });
  return found;
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end;
}

/** The first character at or after `at` that is not a blank. */
function firstCharacter(text: string, at: number): number {
  let offset = at;
  while (offset < text.length && /\s/.test(text.charAt(offset))) offset++;
  return offset;
}

/** A plain text, or a field without a value, that continues as a comment which looks like an expression. */
const LOST_EXPRESSION =
  /^[ \t]+#(?:request|response|lambdaResponse|context|error|properties|dictionaries|endpoints|api|node|secrets|jsonPath|json|jsonEscape|xpath)\s*[.([?]/;

const LOST = 'a # after a blank starts a comment, so the rest is lost: put the whole text in quotes';

/**
 * Valid YAML that is certainly not intended: a text that `#` cuts off, a number that loses its zeros.
 * `start` and `end` are those of a plain value; `value` is YAML's reading.
 */
export function plainMistake(text: string, start: number, end: number, value: unknown): Mistake | undefined {
  const written = text.slice(start, end);
  const behind = text.slice(end, endOfLine(text, end));
  const isCut = LOST_EXPRESSION.test(behind) || (/\{ *$/.test(written) && /^[ \t]*#/.test(behind));
  if (isCut) return { reason: LOST, offset: end + behind.indexOf('#') };
  if (typeof value === 'number' && /^[-+]?0\d/.test(written)) {
    return { reason: 'a number loses its leading zeros: put it in quotes', offset: start };
  }
  return undefined;
}

/** Of a key that is a map or a list, or that has an odd blank, or whose value is a comment. `isEmpty`: there is no value. */
export function keyMistake(
  text: string,
  [start, end]: readonly [number, number],
  isEmpty: boolean,
): Mistake | undefined {
  const odd = ODD_BLANK.exec(text.slice(start, end));
  if (odd !== null) return { reason: ODD_BLANK_REASON, offset: start + odd.index };
  // The key is the inner of two braces.
  if (text[start] === '{' && /\{\s*$/.test(text.slice(Math.max(0, start - 8), start))) {
    return { reason: FOREIGN_TEMPLATE, offset: text.lastIndexOf('{', start - 1) };
  }
  const behind = text.slice(end, endOfLine(text, end));
  if (isEmpty && LOST_EXPRESSION.test(behind.replace(/^\s*:/, '')))
    return { reason: LOST, offset: end + behind.indexOf('#') };
  return undefined;
}
