// What each body mode makes of a body, event by event.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { next } from '../../../../src/ext-proc/exchange/index.ts';
import { after, afterRequest, done, exchangeWith, first, piece } from './facts.ts';
import { requestHeaders, responseHeaders, trailers } from './messages.ts';

test('a body that policies read is asked for, and replied to when they are done', () => {
  const exchange = exchangeWith({ request: 'reads', newBody: 'new' });
  assert.deepEqual(after(exchange, requestHeaders(false, first('NONE'))), [
    'await-body',
    'reply to request headers, asking for the body',
  ]);
  assert.deepEqual(after(exchange, piece('request', 'abc')), ['run request policies on "abc"']);
  assert.deepEqual(after(exchange, done('request')), ['reply to request body with "new"']);
});

test('policies that read the body of a request without one run at once, on an empty one', () => {
  const exchange = exchangeWith({ request: 'reads' });
  assert.deepEqual(after(exchange, requestHeaders(true, first('NONE'))), ['run request policies on ""']);
});

test('a response body is asked for at the response headers', () => {
  const exchange = afterRequest({ response: 'reads', newBody: 'new' }, 'NONE');
  assert.deepEqual(after(exchange, responseHeaders(false)), [
    'await-body',
    'reply to response headers, asking for the body',
  ]);
  assert.deepEqual(after(exchange, piece('response', 'abc')), ['run response policies on "abc"']);
  assert.deepEqual(after(exchange, done('response')), ['reply to response body with "new"']);
});

test('full duplex: nothing is replied until policies have run on all pieces', () => {
  const exchange = exchangeWith({ request: 'reads' });
  assert.deepEqual(after(exchange, requestHeaders(false, first('FULL_DUPLEX_STREAMED'))), ['await-body']);
  assert.deepEqual(after(exchange, piece('request', 'ab', false)), []);
  assert.deepEqual(after(exchange, piece('request', 'c')), ['run request policies on "abc"']);
  assert.deepEqual(after(exchange, done('request')), [
    'reply to request headers',
    'piece of the request body "abc", the last',
  ]);
});

test('full duplex: a new body takes the place of all pieces that come, as soon as the first is there', () => {
  const exchange = exchangeWith({ request: 'runs', newBody: 'new' });
  after(exchange, requestHeaders(false, first('FULL_DUPLEX_STREAMED')));
  assert.deepEqual(after(exchange, done('request')), ['reply to request headers']);
  assert.deepEqual(after(exchange, piece('request', 'ab', false)), ['piece of the request body "new"']);
  assert.deepEqual(after(exchange, piece('request', 'c', false)), []);
  assert.deepEqual(after(exchange, piece('request', 'd')), ['piece of the request body "", the last']);
});

test('full duplex: a new body for headers and trailers alone is an error, since Envoy takes no piece there', () => {
  const late = exchangeWith({ request: 'runs', newBody: 'new' });
  after(late, requestHeaders(false, first('FULL_DUPLEX_STREAMED')));
  after(late, done('request'));
  assert.deepEqual(after(late, trailers('request')), ['fail: body-refused']);
  const early = exchangeWith({ request: 'reads', newBody: 'new' });
  after(early, requestHeaders(false, first('FULL_DUPLEX_STREAMED')));
  assert.deepEqual(after(early, trailers('request')), ['run request policies on ""']);
  assert.deepEqual(after(early, done('request')), ['fail: body-refused']);
});

test('full duplex: where trailers follow, they end the body', () => {
  const exchange = exchangeWith({ request: 'reads' });
  after(exchange, requestHeaders(false, first('FULL_DUPLEX_STREAMED')));
  after(exchange, piece('request', 'ab', false));
  assert.deepEqual(after(exchange, trailers('request')), ['run request policies on "ab"']);
  assert.deepEqual(after(exchange, done('request')), [
    'reply to request headers',
    'piece of the request body "ab"',
    'reply to request trailers',
  ]);
});

for (const mode of ['STREAMED', 'BUFFERED_PARTIAL', 'GRPC'] as const) {
  test(`${mode}: a part of a body is an error where a policy reads it`, () => {
    const exchange = exchangeWith({ request: 'reads' });
    after(exchange, requestHeaders(false, first(mode)));
    assert.deepEqual(after(exchange, piece('request', 'ab', false)), ['fail: body-missing']);
  });
}

test('a body of the length that was told is whole, though trailers follow', () => {
  const exchange = exchangeWith({ request: 'reads', length: 2 });
  after(exchange, requestHeaders(false, first('STREAMED')));
  assert.deepEqual(after(exchange, piece('request', 'ab', false)), ['run request policies on "ab"']);
});

test('a body over the limit is refused before it is asked for, or as it comes', () => {
  const told = exchangeWith({ request: 'reads', length: 11 });
  assert.deepEqual(after(told, requestHeaders(false, first('NONE'))), ['fail: body-too-large']);
  const untold = exchangeWith({ request: 'reads' });
  after(untold, requestHeaders(false, first('FULL_DUPLEX_STREAMED')));
  after(untold, piece('request', '123456', false));
  assert.deepEqual(after(untold, piece('request', '78901', false)), ['fail: body-too-large']);
});

test('a body that does not come in time is an error, and only then', () => {
  const exchange = exchangeWith({ request: 'reads' });
  after(exchange, requestHeaders(false, first('NONE')));
  assert.deepEqual(after(exchange, { kind: 'body-overdue', side: 'response', waitedMs: 1 }), []);
  assert.deepEqual(after(exchange, { kind: 'body-overdue', side: 'request', waitedMs: 1 }), ['fail: body-missing']);
});

test('without response policies a response whose headers Envoy does not send passes, in the way of its body mode', () => {
  assert.deepEqual(after(afterRequest({}, 'STREAMED'), piece('response', 'a')), ['reply to response body']);
  const duplex = after(afterRequest({}, 'FULL_DUPLEX_STREAMED'), piece('response', 'a'));
  assert.deepEqual(duplex, ['piece of the response body "a", the last']);
});

for (const mode of ['NONE', 'BUFFERED', 'FULL_DUPLEX_STREAMED'] as const) {
  test(`${mode}: policies run ${mode === 'FULL_DUPLEX_STREAMED' ? 'without' : 'under'} Envoy's message timeout`, () => {
    const exchange = exchangeWith({ request: 'runs' });
    const run = next(exchange, requestHeaders(true, first(mode))).find(({ kind }) => kind === 'run');
    assert.equal(run?.kind === 'run' && run.timed, mode !== 'FULL_DUPLEX_STREAMED');
  });
}
