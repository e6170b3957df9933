import fc from 'fast-check';

/** A template with the kind of input that it is. */
export interface Sample {
  readonly kind: string;
  readonly template: string;
}

/** Names that mean something in JavaScript or Java and must mean nothing here. */
export const hostileNames = [
  'constructor',
  '__proto__',
  'prototype',
  '__defineGetter__',
  '__defineSetter__',
  '__lookupGetter__',
  'hasOwnProperty',
  'valueOf',
  'toLocaleString',
  'caller',
  'callee',
  'arguments',
  'apply',
  'call',
  'bind',
  'class',
  'getClass',
  'classLoader',
  'forName',
  'newInstance',
  'process',
  'require',
  'globalThis',
  'env',
  'then',
];

const variables = [
  ...['request', 'response', 'lambdaResponse', 'context', 'api', 'node', 'properties', 'dictionaries', 'endpoints'],
  ...['error', 'profile', 'message', 'hostile', 'unknown', 'this', 'root', 'jsonPath', 'many', 'json', 'xml'],
];
const properties = [
  ...[
    'id',
    'headers',
    'params',
    'pathParams',
    'content',
    'jsonContent',
    'xmlContent',
    'path',
    'paths',
    'ssl',
    'method',
  ],
  ...['attributes', 'properties', 'status', 'name', 'version', 'key', 'value', 'size', 'length', 'user', 'list', 'map'],
  ...['client', 'server', 'cn', 'numbers', 'mod', 'nested', 'big', 'year', 'time'],
];
const methods = [
  ...['length', 'substring', 'indexOf', 'replaceAll', 'replace', 'split', 'matches', 'concat', 'repeat', 'format'],
  ...['toUpperCase', 'trim', 'toCharArray', 'getBytes', 'chars', 'contains', 'equals', 'hashCode', 'toString', 'get'],
  ...['size', 'isEmpty', 'keySet', 'values', 'entrySet', 'getFirst', 'getAll', 'containsKey', 'pow', 'setScale', 'add'],
  ...['multiply', 'divide', 'plusDays', 'intValue', 'compareTo', 'charAt', 'strip', 'lines', 'valueOf', 'formatted'],
];
const types = [
  ...[
    'String',
    'Math',
    'Integer',
    'Long',
    'Double',
    'Float',
    'Short',
    'java.math.BigDecimal',
    'java.math.RoundingMode',
  ],
  ...['java.util.Date', 'java.util.Base64', 'java.util.Collections', 'java.time.LocalDate', 'java.time.ZonedDateTime'],
  ...['java.text.DecimalFormat', 'java.text.SimpleDateFormat', 'java.text.MessageFormat', 'java.util.UUID'],
  ...['java.time.format.DateTimeFormatter', 'java.net.URLEncoder', 'java.lang.Runtime', 'java.lang.System', 'Object'],
];
const statics = [
  ...[
    'valueOf',
    'parseInt',
    'max',
    'min',
    'abs',
    'pow',
    'round',
    'format',
    'join',
    'of',
    'parse',
    'ofPattern',
    'encode',
  ],
  ...[
    'getEncoder',
    'getDecoder',
    'toBinaryString',
    'MAX_VALUE',
    'PI',
    'frequency',
    'now',
    'randomUUID',
    'exec',
    'ZERO',
  ],
];
const texts = [
  ...[
    "''",
    "'a'",
    "'abc'",
    "'A-1001'",
    "'x-tags'",
    "'1'",
    "'-1.5e3'",
    "'true'",
    "'é😀'",
    "'a,b,c'",
    "'2024-01-02'",
    "'%s'",
  ],
  ...[
    '\'{"a":[1,{"b":2}]}\'',
    "'<a><b>1</b></a>'",
    "'(a+)+$'",
    "'#,##0.00'",
    "'yyyy-MM-dd'",
    "'%1000000d'",
    '"it\'\'s"',
  ],
];
const numbers = ['0', '1', '2', '-1', '7', '255', '2147483647', '9223372036854775807L', '1.5', '1e300', '0x7F', '3.0f'];
const paths = [
  ...["'$'", "'$.a'", "'$..*'", "'$.order.lines[*].sku'", "'$..[?(@.id > 1)]'", "'$[0]'", "'$[-1:]'", "'$.length()'"],
  ...[
    "'$..a..b..c'",
    "'$[?(@.a =~ /(a+)+/)]'",
    "'$.__proto__'",
    '\'$["constructor"]\'',
    "'$['",
    "'$.a.sum()'",
    "'$.*.*'",
  ],
];
const xpaths = [
  ...["'/'", "'//a'", '\'//*[local-name()="b"]\'', "'count(//*)'", "'//*//*//*'", "'//@*'", "'string(/a)'", "'/a['"],
  ...["'//*[count(//*) > 1]'", "'preceding::*'", "'1 div 0'", '\'substring("abc", 2)\''],
];
const operators = [
  ...['+', '-', '*', '/', '%', '^', '==', '!=', '<', '<=', '>', '>=', 'and', 'or', '&&', '||', 'matches', 'between'],
  ...['instanceof', 'eq', 'div', 'MOD', 'ne'],
];
const tokens = [
  ...[
    '{',
    '}',
    '(',
    ')',
    '[',
    ']',
    '#',
    '.',
    '?.',
    '?:',
    '?',
    ':',
    ',',
    '=',
    '++',
    '--',
    "'",
    '"',
    '@',
    '&',
    '|',
    '\\',
  ],
  ...[
    '![',
    '?[',
    '^[',
    '$[',
    'T(',
    'new ',
    'not ',
    'and',
    '0x',
    '1e',
    '1.',
    '.5',
    'L',
    ' ',
    '\n',
    '\u0000',
    '😀',
    '\ud800',
  ],
];

const one = (items: readonly string[]) => fc.constantFrom(...items);
const list = (item: fc.Arbitrary<string>, most: number) =>
  fc.array(item, { maxLength: most }).map((items) => items.join(', '));

type Rules = {
  expression: string;
  step: string;
};

const { expression } = fc.letrec<Rules>((tie) => {
  const inner = tie('expression');
  return {
    step: fc.oneof(
      fc
        .tuple(one(['.', '?.']), fc.oneof({ arbitrary: one(properties), weight: 4 }, one(hostileNames)))
        .map((x) => x.join('')),
      fc
        .tuple(one(['.', '?.']), fc.oneof({ arbitrary: one(methods), weight: 5 }, one(hostileNames)), list(inner, 2))
        .map(([dot, name, args]) => `${dot}${name}(${args})`),
      inner.map((index) => `[${index}]`),
      one(hostileNames).map((name) => `['${name}']`),
      fc.tuple(one(['?', '^', '$', '!']), inner).map(([kind, body]) => `.${kind}[${body}]`),
    ),
    expression: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      { arbitrary: one(texts), weight: 3 },
      { arbitrary: one(numbers), weight: 2 },
      { arbitrary: one(['true', 'false', 'null', 'name', 'this', '#this']), weight: 1 },
      { arbitrary: one(variables).map((name) => `#${name}`), weight: 4 },
      {
        arbitrary: fc
          .tuple(inner, fc.array(tie('step'), { minLength: 1, maxLength: 3 }))
          .map(([start, steps]) => `${start}${steps.join('')}`),
        weight: 6,
      },
      {
        arbitrary: fc.tuple(inner, one(operators), inner).map(([a, operator, b]) => `(${a} ${operator} ${b})`),
        weight: 4,
      },
      { arbitrary: fc.tuple(one(['!', '-', 'not ']), inner).map((x) => x.join('')), weight: 1 },
      { arbitrary: fc.tuple(inner, inner, inner).map(([a, b, c]) => `(${a} ? ${b} : ${c})`), weight: 1 },
      { arbitrary: fc.tuple(inner, inner).map(([a, b]) => `(${a} ?: ${b})`), weight: 1 },
      { arbitrary: list(inner, 3).map((items) => `{${items}}`), weight: 2 },
      {
        arbitrary: fc
          .array(fc.tuple(fc.oneof(one(properties), one(hostileNames)), inner), { maxLength: 2 })
          .map((entries) => (entries.length === 0 ? '{:}' : `{${entries.map((entry) => entry.join(':')).join(', ')}}`)),
        weight: 1,
      },
      {
        arbitrary: fc
          .tuple(one(types), one(statics), list(inner, 2))
          .map(([type, name, args]) => `T(${type}).${name}(${args})`),
        weight: 3,
      },
      { arbitrary: fc.tuple(one(types), list(inner, 2)).map(([type, args]) => `new ${type}(${args})`), weight: 2 },
      {
        arbitrary: fc
          .tuple(inner, fc.oneof({ arbitrary: one(paths), weight: 4 }, inner))
          .map(([source, path]) => `#jsonPath(${source}, ${path})`),
        weight: 3,
      },
      {
        arbitrary: fc
          .tuple(inner, fc.oneof({ arbitrary: one(xpaths), weight: 4 }, inner))
          .map(([source, path]) => `#xpath(${source}, ${path})`),
        weight: 2,
      },
      {
        arbitrary: fc
          .tuple(one(['xmlEscape', 'jsonEscape', 'json', 'constructor', '__proto__']), inner)
          .map(([name, arg]) => `#${name}(${arg})`),
        weight: 1,
      },
    ),
  };
});

const template = (body: fc.Arbitrary<string>) => body.map((text) => (/^[#T]/.test(text) ? `{${text}}` : `{(${text})}`));
const kind = (name: string, templates: fc.Arbitrary<string>, weight: number) => ({
  arbitrary: templates.map((text): Sample => ({ kind: name, template: text })),
  weight,
});
/** A chain of `depth` of the same thing, which must end in an error and not in a full stack. */
const deep = fc
  .tuple(one(['(', '{', '-', '!', '[', '#a[', '#a.?[', "'a'.concat("]), fc.integer({ min: 1, max: 3_000 }))
  .map(([opening, depth]) => `{(${opening.repeat(depth)}1)}`);
const long = fc
  .tuple(one([' + 1', '.trim()', "['a']", ' ?: null', ' and true', '.![#this]']), fc.integer({ min: 1, max: 3_000 }))
  .map(([piece, count]) => `{('a'${piece.repeat(count)})}`);

export const samples: fc.Arbitrary<Sample> = fc.oneof(
  kind('one expression', template(expression), 70),
  kind(
    'text with expressions',
    fc
      .tuple(fc.string({ maxLength: 8 }), template(expression), one(texts), template(expression))
      .map((x) => x.join('')),
    16,
  ),
  kind(
    'broken: a piece is missing',
    fc
      .tuple(template(expression), fc.nat(), fc.nat(5))
      .map(([text, at, count]) => text.slice(0, at % text.length) + text.slice((at % text.length) + count)),
    16,
  ),
  kind(
    'broken: a piece too many',
    fc
      .tuple(template(expression), fc.nat(), one(tokens))
      .map(([text, at, token]) => text.slice(0, at % text.length) + token + text.slice(at % text.length)),
    12,
  ),
  kind(
    'broken: tokens in any order',
    fc
      .array(fc.oneof(one(tokens), one(operators), one(texts), one(properties)), { maxLength: 12 })
      .map((parts) => `{#${parts.join('')}}`),
    10,
  ),
  kind(
    'any characters',
    fc.string({ unit: 'binary', maxLength: 30 }).map((text) => `{#${text}}`),
    4,
  ),
  kind('deep', deep, 1),
  kind('long', long, 1),
);
