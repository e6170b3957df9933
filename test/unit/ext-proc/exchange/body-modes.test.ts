// What each body mode makes of a body, event by event.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { next } from '../../../../src/ext-proc/exchange/index.ts';
import { after, afterRequest, done, early, exchangeWith, first, piece } from './facts.ts';
import { config, requestHeaders, responseHeaders, trailers } from './messages.ts';

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

test('full duplex: policies that may set a body run once its place is there, and it takes that of all pieces', () => {
  const exchange = exchangeWith({ request: 'runs', newBody: 'new' });
  assert.deepEqual(after(exchange, requestHeaders(false, first('FULL_DUPLEX_STREAMED'))), ['await-body']);
  assert.deepEqual(after(exchange, piece('request', 'ab', false)), ['run request policies on no body']);
  assert.deepEqual(after(exchange, done('request')), ['reply to request headers', 'piece of the request body "new"']);
  assert.deepEqual(after(exchange, piece('request', 'c', false)), []);
  assert.deepEqual(after(exchange, piece('request', 'd')), ['piece of the request body "", the last']);
});

for (const request of ['runs', 'reads'] as const) {
  test(`a policy that ${request} and may set a body does not run for headers and trailers alone: it has no place`, () => {
    for (const modes of [first('FULL_DUPLEX_STREAMED'), early('STREAMED')]) {
      const exchange = exchangeWith({ request, newBody: 'new' });
      after(exchange, requestHeaders(false, modes));
      assert.deepEqual(after(exchange, trailers('request')), ['fail: body-refused']);
      const without = exchangeWith({ request });
      after(without, requestHeaders(false, modes));
      if (request === 'reads') assert.deepEqual(after(without, trailers('request')), ['run request policies on ""']);
    }
  });
}

test('pieces before the reply to the headers: this waits until policies have run on the whole body', () => {
  const exchange = exchangeWith({ request: 'reads' });
  assert.deepEqual(after(exchange, requestHeaders(false, early('STREAMED'))), ['await-body']);
  assert.deepEqual(after(exchange, piece('request', 'ab', false)), []);
  assert.deepEqual(after(exchange, piece('request', 'c', false)), []);
  assert.deepEqual(after(exchange, trailers('request')), ['run request policies on "abc"']);
  assert.deepEqual(after(exchange, done('request')), [
    'reply to request headers',
    'reply to request body',
    'reply to request body',
    'reply to request trailers',
  ]);
});

test('pieces before the reply to the headers: a new body takes the place of the first, and nothing that of the others', () => {
  const exchange = exchangeWith({ request: 'reads', newBody: 'new' });
  after(exchange, requestHeaders(false, early('STREAMED')));
  after(exchange, piece('request', 'ab', false));
  after(exchange, piece('request', 'c'));
  assert.deepEqual(after(exchange, done('request')), [
    'reply to request headers',
    'reply to request body with "new" for a piece',
    'reply to request body with "" for a piece',
  ]);
});

test('what Envoy would not send, or would forward before policies have run, is refused at the headers', () => {
  const duplexResponse = config('STREAMED', 'FULL_DUPLEX_STREAMED');
  for (const modes of [early('NONE'), duplexResponse, config('NONE', 'FULL_DUPLEX_STREAMED')]) {
    const exchange = exchangeWith({ request: 'reads' });
    assert.deepEqual(after(exchange, requestHeaders(false, modes)), ['fail: hidden, request-body']);
  }
  for (const modes of [early('BUFFERED'), early('BUFFERED_PARTIAL'), config('BUFFERED', 'FULL_DUPLEX_STREAMED')]) {
    const exchange = exchangeWith({ request: 'reads' });
    assert.deepEqual(after(exchange, requestHeaders(false, modes)), ['await-body', 'reply to request headers']);
  }
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
  assert.deepEqual(after(exchange, { kind: 'body-overdue', side: 'request', waitedMs: 1 }), [
    'body-lost: request',
    'fail: upload-overdue',
  ]);
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
