import { type LiteralText, literalTexts } from '../../expression/index.ts';
import type { DocumentPath } from '../problem.ts';
import type { Reporter } from './reporter.ts';

/** Something in a text that is an expression or a variable in another tool, and plain text here. */
export interface ForeignSyntax {
  readonly offset: number;
  readonly message: string;
}

const HOW = 'write an expression as {#…}, e.g. "{#request.path}"';

/** In texts outside of expressions. None of them is JSON, a regular expression or what an address may hold. */
const SYNTAXES: readonly (readonly [pattern: RegExp, message: string])[] = [
  [/\{\{[^{}]*\}\}/g, `{{…}} is plain text here, not a template of Helm, Jinja or Handlebars: ${HOW}`],
  [
    /\$\{ *[A-Za-z_][^{}]*\}/g,
    `\${…} is plain text here and is not replaced by an environment variable: replace it before the file is read (envsubst), read a secret with {#secrets.get('env:…')}, or ${HOW}`,
  ],
  [/#\{ *[A-Za-z_'(][^{}]*\}/g, `#{…} is plain text here, not an expression of Spring: ${HOW}`],
  [
    /%(?:[A-Z_]{4,}(?:\([^%()]*\))?|[A-Z]{3,}\([^%()]*\))(?::\d+)?%/g,
    `%…% is plain text here, not a command of Envoy: ${HOW}`,
  ],
  [
    /\$(?:input|context|util|stageVariables)\.[A-Za-z]\w*/g,
    `$… is plain text here, not a mapping template of API Gateway: ${HOW}`,
  ],
  [
    /(?<![{#$])\{ *(?:(?:request|response|lambdaResponse|context|error|properties|dictionaries|endpoints|api)\??[.[]|(?:jsonPath|xpath|json|jsonEscape)\()[^{}]*\}/g,
    `an expression begins with {#, and this is plain text: ${HOW}`,
  ],
];

/** A cheap first test: most texts contain none of these. */
const ANY = /\{\{|\}\}|[$#]\{|\$\w+\.|%[A-Z_]{3}|\{ *[a-zA-Z]+\??[.[(]/;

/** Texts that are not templates may contain it too: pass the whole text as `literals` then. */
export function foreignSyntaxOf(text: string, literals?: readonly LiteralText[]): readonly ForeignSyntax[] {
  if (!ANY.test(text)) return [];
  const parts = literals ?? literalTexts(text);
  const found = parts.flatMap((part) => {
    return SYNTAXES.flatMap(([pattern, message]) => {
      return [...part.text.matchAll(pattern)]
        .filter(({ index }) => !isOfScript(part.text, index))
        .map(({ index }) => ({ offset: part.offset + index, message }));
    });
  });
  return firstOfEach([...found, ...wrapped(text, parts)].sort((a, b) => a.offset - b.offset));
}

/** Each kind is reported once per text: locating thousands of them takes time. */
function firstOfEach(found: readonly ForeignSyntax[]): readonly ForeignSyntax[] {
  const told = new Set<string>();
  return found.filter(({ message }) => !told.has(message) && told.add(message));
}

/** Text between backticks, as in the scripts of an HTML page. */
function isOfScript(text: string, index: number): boolean {
  const before = text.slice(Math.max(0, index - 200), index);
  return text[index] === '$' && before.slice(before.lastIndexOf('\n') + 1).includes('`');
}

/** `{{#request.path}}` is the value in braces, and `${#request.path}` the value behind a dollar sign. */
function wrapped(text: string, parts: readonly LiteralText[]): readonly ForeignSyntax[] {
  return parts.flatMap(({ text: literal, offset }, index): readonly ForeignSyntax[] => {
    const last = offset + literal.length - 1;
    if (!/^\{ *#/.test(text.slice(last + 1, last + 20))) return [];
    if (literal.endsWith('$')) {
      const message = "the $ before {#…} is plain text: remove it, or write {#'$'} if you mean it";
      return [{ offset: last, message }];
    }
    if (!literal.endsWith('{') || !parts[index + 1]?.text.startsWith('}')) return [];
    return [
      {
        offset: last,
        message: 'the braces around {#…} are plain text: write one pair, or add a blank if you mean two pairs',
      },
    ];
  });
}

const DEEPEST = 64;

/** Warns of data that look like templates: no expression of theirs is ever evaluated. */
export function warnOfTemplates(data: unknown, path: DocumentPath, reporter: Reporter): void {
  if (path.length > DEEPEST) return;
  if (typeof data === 'string') {
    const at = data.search(/\{ *#[A-Za-z]/);
    if (at !== -1) {
      reporter.warnInText(path, at, 'is data, not a template: {#…} is not evaluated here');
      return;
    }
    const variable = /\$\{[A-Z_][A-Z0-9_]*(?::?-[^{}]*)?\}|\{\{ *[.$A-Za-z][^{}]*\}\}/.exec(data);
    if (variable === null) return;
    const message = 'is plain text here: replace variables before the file is read (envsubst, Helm)';
    reporter.warnInText(path, variable.index, message);
  } else if (typeof data === 'object' && data !== null) {
    const entries = Array.isArray(data) ? data.entries() : Object.entries(data);
    for (const [key, value] of entries) warnOfTemplates(value, [...path, key], reporter);
  }
}
