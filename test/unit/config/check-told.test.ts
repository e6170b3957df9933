import assert from 'node:assert/strict';
import { test } from 'node:test';
import { check, enriching, isError, only, readingRequest, readingResponse, spoilt } from './envoy-checks.ts';
import { goodEnvoy } from './envoy-fixture.ts';

/** The document with what it tells of Envoy in place of what the shared ones tell. */
const telling = (document: string, envoy: string): string => {
  return document.replace(/^envoy: .*$/m, `envoy: {${envoy}}`);
};
const silent = (document: string): string => document.replace(/^envoy: .*\n/m, '');
const errors = (envoy: string, document: string): readonly string[] => check(envoy, document).filter(isError);

const withoutOverride = spoilt('allow_mode_override: true', 'allow_mode_override: false');

test('what both sides say is compared', () => {
  assert.deepEqual(check(goodEnvoy, telling(readingRequest, 'allowModeOverride: true, messageTimeoutMs: 35000')), []);
});

test('an override that envoy does not take is an error', () => {
  only(
    errors(withoutOverride, telling(enriching, 'allowModeOverride: true')),
    'error',
    'allow_mode_override: the server has the setting `allowModeOverride: true`, but Envoy accepts no override',
  );
});

test('response headers that envoy skips are an error', () => {
  const lines = errors(goodEnvoy, telling(enriching, 'responseHeaders: true'));
  only(
    lines,
    'error',
    'response_header_mode: the server has the setting `responseHeaders: true`, but Envoy skips them',
  );
  const sent = spoilt('response_header_mode: SKIP', 'response_header_mode: SEND');
  assert.deepEqual(errors(sent, telling(enriching, 'responseHeaders: true')), []);
});

test('policies that the server refuses because a setting of envoy is missing are an error', () => {
  for (const [document, what] of [
    [readingRequest, "the request's body"],
    [readingResponse, "the response and the response's body"],
  ] as const) {
    only(
      errors(goodEnvoy, silent(document)),
      'error',
      what,
      'refuses each request',
      '`envoy: {allowModeOverride: true}`',
    );
    only(errors(goodEnvoy, telling(document, 'allowModeOverride: false')), 'error', 'refuses each request');
  }
  assert.deepEqual(errors(goodEnvoy, silent(enriching)), []);
});

test('a mode that forwards headers before their body requires the document to say so', () => {
  const streamed = spoilt('response_header_mode: SKIP', 'response_header_mode: SKIP, request_body_mode: STREAMED');
  only(errors(streamed, silent(readingRequest)), 'error', "the request's body", '`envoy: {allowModeOverride: true}`');
  assert.deepEqual(errors(streamed, telling(readingRequest, 'allowModeOverride: true, messageTimeoutMs: 35000')), []);
  const responses = spoilt('response_header_mode: SKIP', 'response_header_mode: SEND, response_body_mode: STREAMED');
  const told = telling(readingResponse, 'responseHeaders: true, messageTimeoutMs: 35000');
  only(errors(responses, told), 'error', "sends the response's body");
});

test('a body that Envoy sends by itself needs no setting', () => {
  const buffered = spoilt(
    'response_header_mode: SKIP',
    'response_header_mode: SKIP, request_body_mode: BUFFERED, request_trailer_mode: SEND',
  );
  assert.deepEqual(errors(buffered, silent(readingRequest)), []);
});

test('a response step that is never reached needs no setting', () => {
  const step = '{configuration: {function: f, sendToConsumer: true}}';
  const document = `version: 1\napis:\n  orders: {request: [${step}], response: [{configuration: {function: f}}]}\n`;
  assert.deepEqual(errors(goodEnvoy, document), []);
});

const metadata = '[{key: x-lambda-api, value: orders}]';
const onRoute = (json: string): string => {
  return spoilt(metadata, `[{key: x-lambda-api, value: orders}, {key: x-lambda-envoy, value: '${json}'}]`);
};

test('a route has settings of envoy of its own', () => {
  assert.deepEqual(errors(onRoute('{"allowModeOverride": true}'), silent(readingRequest)), []);
  only(
    errors(onRoute('{"responseHeaders": true}'), enriching),
    'error',
    'the server has the setting `responseHeaders: true`',
  );
  only(
    errors(onRoute('{"allowOverride": true}'), enriching),
    'error',
    'value: is not valid',
    'each request is a 500',
    'allowOverride',
  );
});

test('time-outs are compared both ways', () => {
  const told = (envoy: string): string => telling(enriching, `allowModeOverride: true, ${envoy}`);
  only(errors(goodEnvoy, told('messageTimeoutMs: 40000')), 'error', 'setting 40000 ms', '`message_timeout: 40s`');
  only(errors(goodEnvoy, told('messageTimeoutMs: 20000')), 'error', 'has the setting 20000 ms', '35000 ms');
  const longer = spoilt('message_timeout: 35s', 'message_timeout: 35s\n                      max_message_timeout: 60s');
  const both = 'messageTimeoutMs: 35000, maxMessageTimeoutMs: 60000';
  assert.deepEqual(errors(longer, told(both)), []);
  only(errors(longer, told('messageTimeoutMs: 35000, maxMessageTimeoutMs: 50000')), 'error', '50000 ms', '60000 ms');
  only(errors(goodEnvoy, told(both)), 'error', 'max_message_timeout', '60000 ms');
});

test('a version is compared where the configuration has one', () => {
  const dump = `node: {user_agent_build_version: {version: {major_number: 1, minor_number: 39, patch: 3}}}\n${goodEnvoy}`;
  only(errors(dump, telling(enriching, 'version: "1.40"')), 'error', 'version: "1.40"', 'this is 1.39');
  assert.deepEqual(errors(dump, telling(enriching, 'version: "1.39"')), []);
  assert.deepEqual(errors(dump, telling(enriching, 'version: "1.39.3"')), []);
  assert.deepEqual(errors(goodEnvoy, telling(enriching, 'version: "1.40"')), []);
});
