import { test } from 'node:test';
import { assertLines, problemsOf } from './support.ts';

function payload(scalar: string): string {
  return `version: 1\napis:\n  a:\n    request:\n      - configuration:\n          function: f\n          payload: ${scalar}\n`;
}

const message = 'apis.a.request.0.configuration.payload: ';

test('an expression that does not parse is reported with line column and place', () => {
  assertLines(problemsOf(payload('a {#b @@}')), [`7:26 ${message}`, 'at character 7 of the text: {#b ▸@@}']);
});

test('escapes of double quotes are counted', () => {
  assertLines(problemsOf(payload(String.raw`"\"\u0041\n{#b @@}"`)), [`7:35 ${message}`, 'at character 8']);
});

test('doubled single quotes are counted', () => {
  assertLines(problemsOf(payload("'it''s {#b @@}'")), [`7:31 ${message}`, 'at character 10']);
});

test('lines of a block are counted', () => {
  const text = payload('|\n            first\n              {#b @@}');
  assertLines(problemsOf(text), [`9:19 ${message}`, 'at character 13']);
  assertLines(problemsOf(payload('>-\n            first\n            {#b @@}')), [`9:17 ${message}`]);
});

test('folded lines of quotes and plain text are counted', () => {
  assertLines(problemsOf(payload('"first\n            {#b @@}"')), [`8:17 ${message}`]);
  assertLines(problemsOf(payload('first\n            {#b @@}')), [`8:17 ${message}`]);
});

test('places in json are counted', () => {
  const text = String.raw`{"version": 1, "apis": {"a": {"request": [{"configuration": {"function": "f", "payload": "\"\u0041 {#b @@}"}}]}}}`;
  assertLines(problemsOf(text, 'p.json'), [`p.json:1:${text.indexOf('@@') + 1} ${message}`]);
});

test('names that have no meaning are reported at their place', () => {
  assertLines(
    problemsOf(payload("'{#request.metod} {#request.Method} {#lambdaRespons.content}'")),
    [
      `7:31 ${message}request has no property 'metod' (did you mean 'method'?)`,
      'at character 11 of the text: it fails for every request',
    ],
    [`7:57 ${message}there is no variable #lambdaRespons, so it is null (did you mean '#lambdaResponse'?)`],
  );
});

test('names that a document defines cause no warning', () => {
  const names = [
    'properties.a',
    "dictionaries['a']",
    'endpoints.a',
    'subscription',
    "context.attributes['a']",
    'parameters',
  ];
  assertLines(problemsOf(payload(`"${names.map((name) => `{#${name}}`).join(' ')}"`)));
});
