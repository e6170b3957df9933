// Each mistake that people make in YAML, told with its place and what to write.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertLines, problemsOf, withStep } from './support.ts';

/** Lines of one step's configuration, in block style; the first one is line 7 of the document, from column 11 on. */
function block(...lines: readonly string[]): string {
  const inner = lines.map((line) => `          ${line}\n`).join('');
  return `version: 1\napis:\n  orders:\n    request:\n      - name: s\n        configuration:\n${inner}`;
}

const quotes = 'must be in quotes';

const mistakes: readonly (readonly [name: string, text: string, place: string, ...words: string[]])[] = [
  ['a tab', block('function: f', '\tregion: us-east-1'), '8:11', 'a tab:'],
  ['a tab alone', 'version: 1\napis:\n\torders: {}\n', '3:1', 'a tab:', 'spaces'],
  ['a line less indented', 'version: 1\napis:\n    orders: {}\n  bills: {}\n', '4:3', 'is not indented like'],
  ['a line more indented', block('function: f', ' region: us-east-1'), '8:12', 'deeper than the line before'],
  [
    'a field less indented than its item',
    'version: 1\napis:\n  o:\n    request:\n    - name: a\n     enabled: true\n',
    '6:6',
    'like the first field of the item',
  ],
  ['an item among fields', 'version: 1\n- a\n', '2:1', 'is missing'],
  ['a colon in a text', block('function: f', 'payload: a: b'), '8:20', 'a colon followed by a blank', quotes],
  ['an expression', block('function: {#request.path}'), '7:21', 'begins with {#', quotes],
  ['an expression in a list', 'version: 1\napis: {o: {routes: [{#x}]}}\n', '2:21', 'begins with {#', quotes],
  ['an expression in a map', block('mutations: {path: {#request.path}}'), '7:29', 'begins with {#', quotes],
  ['an expression behind text', block('mutations: {path: /a{#request.path}}'), '7:31', quotes],
  ['an expression over lines', block('mutations: {', '  path: { #request.path }', '}'), '8:19', quotes],
  ['an expression that is a comment', block('function: f', 'payload: #request.path'), '8:20', 'is lost', 'quotes'],
  ['an expression behind a blank', block('function: f', 'payload: a #request.path'), '8:22', 'is lost', 'quotes'],
  ['a condition that loses its end', block("payload: x == #jsonPath('a', 'b')"), '7:25', 'is lost', 'quotes'],
  ['a brace that loses its end', block('payload: a { #b}'), '7:24', 'is lost', 'quotes'],
  ['a template of Helm', block('function: {{ .Values.name }}'), '7:21', '{{', 'render the file first'],
  ['a block of Helm', '{{- if .Values.x }}\nversion: 1\n{{- end }}\n', '1:3', '{{', 'render the file first'],
  ['a star', block('function: *'), '7:21', 'begins with *', quotes],
  ['a glob', 'version: 1\napis: {o: {routes: [*-orders]}}\n', '2:21', 'begins with *', quotes],
  ['a media type', 'version: 1\nresponseTemplates:\n  DEFAULT:\n    */*: {status: 500}\n', '4:5', '"*/*"', quotes],
  ['an at sign', block('function: @f'), '7:21', 'begins with @', quotes],
  ['a backtick', block('function: `f`'), '7:21', 'begins with `', quotes],
  ['a percent sign', block('function: %f%'), '7:21', 'begins with %', quotes],
  ['an ampersand', block('function: &f', 'region: us-east-1'), '7:21', 'begins with &', quotes],
  ['an exclamation mark', block("function: !#x == 'a'"), '7:21', 'begins with !', quotes],
  ['a greater sign', block('function: > 5'), '7:23', '| and > begin a text', quotes],
  ['a question mark', block('function: ? f'), '7:21', 'begins with "? "', quotes],
  ['a quote in quotes', block("function: 'it's'"), '7:25', 'ends at its second quote'],
  ['JSON in double quotes', block('payload: "{"a": 1}"'), '7:20', 'ends at its second quote', '\\"'],
  ['text behind quotes', block('function: "a" b'), '7:25', 'ends at its second quote'],
  ['a quote that is not closed', block('function: "f', 'region: us-east-1'), '7:21', 'has no closing "'],
  ['an apostrophe that is not closed', block("function: 'f", 'region: us-east-1'), '7:21', "has no closing '"],
  ['a brace that is not closed', 'version: 1\napis: {o: {}\ninline: false\n', '2:7', 'the { that begins here'],
  [
    'a bracket that is not closed',
    'version: 1\napis: {o: {routes: [a}}\n',
    '2:22',
    'this } does not match the [ before it',
  ],
  ['a bracket too many', 'version: 1\napis: {o: {routes: [a]]}}\n', '2:23', 'this ] does not match the { before it'],
  ['a brace too many', 'version: 1\napis: {o: {}}}\n', '2:14', 'this } closes nothing'],
  ['an escape', block('function: "\\d"'), '7:22', 'unknown escape', 'single quotes'],
  ['a field twice', block('function: f', 'region: us-east-1', 'function: g'), '9:11', 'duplicate field', 'in line 7'],
  ['two documents', 'version: 1\n---\nversion: 1\n', '2:1', 'a second document', 'two files'],
  ['no colon', 'version: 1\napis\n  o: {}\n', '2:1', 'write `name: value`'],
  ['no blank behind the colon', 'version:1\napis: {}\n', '1:1', 'a blank'],
  ['a list on the line of its field', 'version: 1\napis: - a\n', '2:7', 'on a line of its own'],
  ['a blank that is none', 'version: 1\napis:\n\u00a0 o: {}\n', '3:1', 'a blank that is not a space'],
  ['leading zeros', 'version: 1\napis: {o: {properties: {account: 0123}}}\n', '2:34', 'leading zeros', 'quotes'],
  ['and its anchor does not exist', 'version: 1\napis: {o: *nothing}\n', '2:11', 'and its anchor does not exist'],
];

for (const [name, text, place, ...words] of mistakes) {
  test(`${name} is reported at its place with what to write`, () => {
    assertLines(problemsOf(text), [`policies.yaml:${place} not valid YAML: `, ...words]);
  });
}

const kinds: readonly (readonly [name: string, text: string, place: string, ...words: string[]])[] = [
  ['a list for an object', 'version: 1\napis:\n  - o: {}\n', '3:3', 'apis: expected an object, got a list', 'no "- "'],
  ['an object for a list', 'version: 1\napis: {o: {request: {name: a}}}\n', '2:21', 'got an object: begin each item'],
  ['a text for a list', 'version: 1\napis: {o: {routes: a}}\n', '2:20', 'expected a list, got text', '[a, b]'],
  ['a text for an object', 'version: 1\napis: {o: x}\n', '2:11', 'expected an object, got text', '`name: value`'],
  ['a number for a text', withStep('function: 12'), '5:36', 'expected text, got a number, put it in quotes'],
  ['an object for a text', withStep('function: {a: b}'), '5:36', 'a text with { or a colon in it must be in quotes'],
  ['yes', withStep('function: f', 'enabled: yes, '), '5:19', 'write true, without quotes'],
  ['off', withStep('function: f', 'enabled: off, '), '5:19', 'write false, without quotes'],
  ['a number in quotes', withStep('function: f, readTimeoutMs: "5"'), '5:54', 'write it without quotes'],
  ['a duration', withStep('function: f, readTimeoutMs: 10s'), '5:54', 'they are milliseconds'],
  ['the version in quotes', 'version: "1"\n', '1:10', 'version: expected 1, without quotes'],
  ['a dash without a blank', 'version: 1\napis:\n  o:\n    -routes: [a]\n', '4:5', 'a blank after the dash'],
  ['a colon without a blank', 'version: 1\napis: {o: {routes:a}}\n', '2:12', 'a blank after the colon'],
  ['a merge key', 'version: 1\napis: {a: &a {}, b: {<<: *a}}\n', '2:22', 'merge keys are not supported'],
  ['a field too far in', withStep('function: f, onError: fail'), '5:39', 'at the level of `configuration`'],
  ['a field too far out', withStep('function: f', 'region: x, '), '5:10', 'write it under `configuration`'],
  ['a timeout without its kind', block('function: f', 'timeout: 10s'), '8:11', 'readTimeoutMs'],
  ['a header without set', block('mutations: {headers: {x-tier: gold}}'), '7:33', 'write it under `set`'],
  ['another spelling', withStep('function: f, read_timeout_ms: 5'), '5:39', 'did you mean readTimeoutMs?'],
  ['an API beside `apis`', 'version: 1\napis: {}\ntea:\n  request: []\n', '3:1', 'write it under `apis`'],
  ['a misspelt list of rights', 'version: 1\ninline: {function: []}\n', '2:10', 'did you mean functions?'],
];

for (const [name, text, place, ...words] of kinds) {
  test(`${name} is reported with what to write`, () => {
    assertLines(problemsOf(text), [`policies.yaml:${place} `, ...words]);
  });
}

test('what YAML means is left alone', () => {
  const texts = [
    'version: 1 # request.path\napis: # request\n  o: {routes: [a]} #request\n',
    'version: 1\napis: {o: {properties: {a: 0, b: 0.5, c: "007", d: 0x1F, e: "a #request.path"}}}\n',
    'version: 1\napis: { # comment\n  o: {} }\n',
    '\ufeffversion: 1\r\napis: {}\r\n',
    'version: 1\napis: {a: &a {contextPath: /x}, b: *a}\n',
  ];
  for (const text of texts) assert.deepEqual(problemsOf(text), [], text);
});
