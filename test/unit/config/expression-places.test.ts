import { test } from 'node:test';
import { assertLines, problemsOf } from './support.ts';

function payload(scalar: string): string {
  return `version: 1\napis:\n  a:\n    request:\n      - configuration:\n          function: f\n          payload: ${scalar}\n`;
}

const message = 'apis.a.request.0.configuration.payload: ';

test('an_expression_that_does_not_parse_is_told_with_line_column_and_place', () => {
  assertLines(problemsOf(payload('a {#b @@}')), [`7:26 ${message}`, 'at character 7 of the text: {#b ▸@@}']);
});

test('escapes_of_double_quotes_are_counted', () => {
  assertLines(problemsOf(payload(String.raw`"\"\u0041\n{#b @@}"`)), [`7:35 ${message}`, 'at character 8']);
});

test('doubled_single_quotes_are_counted', () => {
  assertLines(problemsOf(payload("'it''s {#b @@}'")), [`7:31 ${message}`, 'at character 10']);
});

test('lines_of_a_block_are_counted', () => {
  const text = payload('|\n            first\n              {#b @@}');
  assertLines(problemsOf(text), [`9:19 ${message}`, 'at character 13']);
  assertLines(problemsOf(payload('>-\n            first\n            {#b @@}')), [`9:17 ${message}`]);
});

test('folded_lines_of_quotes_and_plain_text_are_counted', () => {
  assertLines(problemsOf(payload('"first\n            {#b @@}"')), [`8:17 ${message}`]);
  assertLines(problemsOf(payload('first\n            {#b @@}')), [`8:17 ${message}`]);
});

test('places_in_json_are_counted', () => {
  const text = String.raw`{"version": 1, "apis": {"a": {"request": [{"configuration": {"function": "f", "payload": "\"\u0041 {#b @@}"}}]}}}`;
  assertLines(problemsOf(text, 'p.json'), [`p.json:1:${text.indexOf('@@') + 1} ${message}`]);
});

test('names_that_stand_for_nothing_are_warned_of_at_their_place', () => {
  assertLines(
    problemsOf(payload("'{#request.metod} {#request.Method} {#lambdaRespons.content}'")),
    [`7:31 ${message}warning: request has no property 'metod' (did you mean 'method'?)`, 'at character 11 of the text'],
    [`7:57 ${message}warning: nothing is called #lambdaRespons, it is null (did you mean '#lambdaResponse'?)`],
  );
});

test('names_that_a_document_brings_are_not_warned_of', () => {
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
