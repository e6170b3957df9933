// An API that Envoy could go past without a word is refused at its request headers, unless somebody told that it can't.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ToldModes } from '../../../../src/ext-proc/exchange/index.ts';
import type { BodyMode } from '../../../../src/ext-proc/wire/index.ts';
import { after, exchangeWith, type Policies } from './facts.ts';
import { config, requestHeaders } from './messages.ts';

const nothing: ToldModes = { allowModeOverride: undefined, responseHeaders: undefined };
const override: ToldModes = { ...nothing, allowModeOverride: true };
const headers: ToldModes = { ...nothing, responseHeaders: true };

function begin(policies: Policies, request: BodyMode, response: BodyMode, end = false, observed = false) {
  return after(exchangeWith(policies), requestHeaders(end, config(request, response, observed))).join(', ');
}
const refused = (part: string) => `fail: hidden, ${part}`;

test('(i) a request body that policies read, in the mode NONE', () => {
  for (const told of [nothing, headers, { allowModeOverride: false, responseHeaders: undefined }]) {
    assert.equal(begin({ request: 'reads', told }, 'NONE', 'NONE'), refused('request-body'));
  }
  assert.match(begin({ request: 'reads', told: override }, 'NONE', 'NONE'), /asking for the body/);
  for (const mode of ['BUFFERED', 'BUFFERED_PARTIAL'] as const) {
    assert.match(begin({ request: 'reads', told: nothing }, mode, 'NONE'), /^await-body/);
  }
  // Its headers go on before it.
  for (const mode of ['STREAMED', 'GRPC'] as const) {
    assert.equal(begin({ request: 'reads', told: nothing }, mode, 'NONE'), refused('request-body'));
    assert.match(begin({ request: 'reads', told: override }, mode, 'NONE'), /^await-body/);
  }
  assert.equal(begin({ request: 'reads', told: nothing }, 'FULL_DUPLEX_STREAMED', 'NONE'), 'await-body');
});

test('(i) but not a request without a body, nor policies that read none', () => {
  assert.match(begin({ request: 'reads', told: nothing }, 'NONE', 'NONE', true), /^run/);
  assert.match(begin({ request: 'runs', told: nothing }, 'NONE', 'NONE'), /^run/);
});

test('(ii) a response body that policies read, in the mode NONE', () => {
  assert.equal(begin({ response: 'reads', told: headers }, 'NONE', 'NONE'), refused('response-body'));
  assert.equal(begin({ response: 'reads', told: override }, 'NONE', 'NONE'), 'reply to request headers');
  assert.equal(begin({ response: 'reads', told: headers }, 'NONE', 'BUFFERED'), 'reply to request headers');
});

test('(iii) response steps, where nobody told that response headers come', () => {
  for (const mode of ['NONE', 'BUFFERED', 'FULL_DUPLEX_STREAMED'] as const) {
    assert.equal(begin({ response: 'runs', told: nothing }, 'NONE', mode), refused('response-headers'));
    assert.equal(begin({ response: 'runs', told: headers }, 'NONE', mode), 'reply to request headers');
  }
  assert.equal(begin({ response: 'runs', told: override }, 'NONE', 'NONE'), 'reply to request headers');
});

test('(ii) and (iii) but not an API that answers each request itself', () => {
  for (const response of ['runs', 'reads'] as const) {
    const policies: Policies = { request: 'runs', response, told: nothing, answersAlways: true };
    assert.match(begin(policies, 'NONE', 'NONE'), /^run/);
  }
  const reads: Policies = { request: 'reads', told: nothing, answersAlways: true };
  assert.equal(begin(reads, 'NONE', 'NONE'), refused('request-body'), 'the request body is another matter');
});

test('full duplex in one direction takes no override in either', () => {
  const policies: Policies = { request: 'reads', response: 'reads', told: override };
  assert.equal(begin(policies, 'NONE', 'FULL_DUPLEX_STREAMED'), refused('request-body'));
  assert.equal(begin(policies, 'FULL_DUPLEX_STREAMED', 'NONE', true), refused('response-headers'));
  const both: Policies = { ...policies, told: { allowModeOverride: true, responseHeaders: true } };
  assert.equal(begin(both, 'FULL_DUPLEX_STREAMED', 'NONE', true), refused('response-body'));
  assert.match(begin(both, 'FULL_DUPLEX_STREAMED', 'FULL_DUPLEX_STREAMED', true), /^run/);
});

test('a body mode that a later Envoy brings counts as one that sends nothing', () => {
  assert.equal(begin({ request: 'reads', told: nothing }, 9 as never, 'NONE'), refused('request-body'));
});

test('observability mode continues in any case, so there is nothing to refuse', () => {
  assert.match(begin({ request: 'runs', response: 'runs', told: nothing }, 'NONE', 'NONE', false, true), /^run/);
});
