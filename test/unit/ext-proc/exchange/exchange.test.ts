// The machine of one stream, event by event: what follows from each.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Event, next } from '../../../../src/ext-proc/exchange/index.ts';
import type { PolicyFailure } from '../../../../src/policy/index.ts';
import { after, afterRequest, answers, closed, done, early, exchangeWith, fails, first, piece } from './facts.ts';
import { body, config, requestHeaders, responseHeaders, trailers } from './messages.ts';

test('without policies for it a request continues at once', () => {
  const exchange = exchangeWith({});
  assert.deepEqual(after(exchange, requestHeaders(true, first('NONE'))), ['reply to request headers']);
  assert.deepEqual(after(exchange, closed), ['release', 'closed: completed']);
});

test('policies run on the headers, and the reply to these carries a new body', () => {
  const exchange = exchangeWith({ request: 'runs', newBody: 'new' });
  assert.deepEqual(after(exchange, requestHeaders(false, first('BUFFERED'))), ['run request policies on no body']);
  assert.deepEqual(after(exchange, done('request')), ['reply to request headers with body "new"']);
});

test('what comes while policies run waits, and is replied to in order', () => {
  const exchange = exchangeWith({ request: 'runs' });
  after(exchange, requestHeaders(false, first('STREAMED')));
  assert.deepEqual(after(exchange, piece('request', 'ab', false)), []);
  assert.deepEqual(after(exchange, trailers('request')), []);
  assert.deepEqual(after(exchange, done('request')), [
    'reply to request headers',
    'reply to request body',
    'reply to request trailers',
  ]);
});

test('above 1 MiB of waiting messages Envoy is not read from, until they are taken', () => {
  const exchange = exchangeWith({ request: 'runs' });
  after(exchange, requestHeaders(false, first('FULL_DUPLEX_STREAMED')));
  const large = Buffer.alloc(700 * 1024);
  assert.deepEqual(after(exchange, body('request', large, false)), []);
  assert.deepEqual(after(exchange, body('request', large, false)), ['pause']);
  assert.ok(!next(exchange, { kind: 'drained' }).some(({ kind }) => kind === 'resume'));
  assert.ok(next(exchange, done('request')).some(({ kind }) => kind === 'resume'));
  assert.equal(exchange.request.queuedBytes, 0);
});

test('after an answer nothing more is said, whatever comes', () => {
  const exchange = exchangeWith({ request: 'runs' });
  after(exchange, requestHeaders(false, first('STREAMED')));
  assert.deepEqual(after(exchange, answers('request')), ['answer']);
  for (const event of [piece('request', 'a'), done('request'), { kind: 'deadline' }, requestHeaders(true)] as Event[]) {
    assert.deepEqual(after(exchange, event), []);
  }
  assert.deepEqual(after(exchange, closed), ['release', 'closed: immediate']);
  assert.deepEqual(after(exchange, closed), []);
});

test('a caller that leaves while policies run aborts them', () => {
  const exchange = exchangeWith({ request: 'runs' });
  after(exchange, requestHeaders(true, first('NONE')));
  const effects = next(exchange, closed).map(({ kind }) => kind);
  assert.deepEqual(effects, ['stop', 'release', 'closed']);
  exchange.effects.length = 0;
  assert.deepEqual(exchange.life, { kind: 'ended', why: 'aborted' });
  assert.deepEqual(after(exchange, done('request')), []);
});

test('a stream that ends while policies wait for a body is aborted, and is evidence only where the body was asked for', () => {
  const asked = exchangeWith({ request: 'reads' });
  after(asked, requestHeaders(false, first('NONE')));
  assert.deepEqual(after(asked, closed), ['body-lost: request', 'release', 'closed: aborted']);
  for (const modes of [first('BUFFERED'), first('STREAMED'), first('FULL_DUPLEX_STREAMED'), early('STREAMED')]) {
    const sent = exchangeWith({ request: 'reads' });
    after(sent, requestHeaders(false, modes));
    assert.deepEqual(after(sent, closed), ['release', 'closed: aborted'], modes.config.request);
  }
});

test('observability mode: no replies, and policies that outlive the stream hold it until they are done', () => {
  const exchange = exchangeWith({ request: 'reads', newBody: 'new' });
  after(exchange, requestHeaders(false, config('STREAMED', 'STREAMED', true)));
  after(exchange, piece('request', 'ab', false));
  assert.deepEqual(after(exchange, piece('request', 'c')), ['run request policies on "abc"']);
  assert.deepEqual(after(exchange, closed), ['closed: completed']);
  assert.deepEqual(after(exchange, done('request')), ['release']);
});

const observed = config('STREAMED', 'STREAMED', true);

test('observability mode: the policies of the response run after those of the request, also when Envoy has gone', () => {
  const exchange = exchangeWith({ request: 'runs', response: 'reads' });
  assert.deepEqual(after(exchange, requestHeaders(true, observed)), ['run request policies on ""']);
  after(exchange, responseHeaders(false));
  after(exchange, piece('response', 'ab', false));
  after(exchange, piece('response', 'c'));
  assert.deepEqual(after(exchange, closed), ['closed: completed']);
  assert.deepEqual(after(exchange, done('request')), ['run response policies on "abc"']);
  assert.deepEqual(after(exchange, done('response')), ['release']);
});

test('observability mode: a response that comes before the request is whole waits for it', () => {
  const exchange = exchangeWith({ request: 'reads', response: 'runs' });
  after(exchange, requestHeaders(false, observed));
  assert.deepEqual(after(exchange, responseHeaders(true)), []);
  assert.deepEqual(after(exchange, piece('request', 'ab')), ['run request policies on "ab"']);
  assert.deepEqual(after(exchange, done('request')), ['run response policies on ""']);
});

test('observability mode: what is dropped is reported, and the other side runs anyway', () => {
  const broken = exchangeWith({ request: 'reads', response: 'runs' });
  after(broken, requestHeaders(false, observed));
  after(broken, responseHeaders(true));
  assert.deepEqual(after(broken, closed), ['dropped: request', 'run response policies on ""', 'closed: aborted']);
  assert.deepEqual(after(broken, done('response')), ['release']);
  const large = exchangeWith({ request: 'reads', response: 'runs' });
  after(large, requestHeaders(false, observed));
  after(large, responseHeaders(true));
  assert.deepEqual(after(large, piece('request', 'more than ten')), [
    'fail: body-too-large',
    'run response policies on ""',
  ]);
  const failed = exchangeWith({ request: 'runs', response: 'runs' });
  after(failed, requestHeaders(true, observed));
  after(failed, responseHeaders(true));
  assert.deepEqual(after(failed, fails('request')), ['answer', 'run response policies on ""']);
});

test('observability mode: a response that waits is reported as dropped when the server fails after the stream', () => {
  const exchange = exchangeWith({ request: 'runs', response: 'runs' });
  after(exchange, requestHeaders(true, observed));
  after(exchange, responseHeaders(true));
  after(exchange, closed);
  assert.deepEqual(after(exchange, { kind: 'broken' }), ['dropped: response', 'release']);
});

test('observability mode: where the request has been answered its response has had its policies', () => {
  const exchange = exchangeWith({ request: 'runs', response: 'runs' });
  after(exchange, requestHeaders(true, observed));
  after(exchange, responseHeaders(true));
  assert.deepEqual(after(exchange, answers('request')), ['answer']);
  assert.deepEqual(after(exchange, closed), ['release', 'closed: completed']);
});

test("Envoy's own answer passes, and what runs for the request is cut", () => {
  const exchange = exchangeWith({ request: 'runs', response: 'runs' });
  after(exchange, requestHeaders(false, first('NONE')));
  assert.deepEqual(after(exchange, responseHeaders(true, 413, 'envoy')), [
    'pass: local_reply',
    'reply to response headers',
  ]);
  assert.deepEqual(after(exchange, done('request')), []);
  assert.deepEqual(after(exchange, closed), ['release', 'closed: completed']);
});

test('a backend that answers before the body came, or a request that was never seen, is an error', () => {
  const waiting = exchangeWith({ request: 'reads' });
  after(waiting, requestHeaders(false, first('NONE')));
  assert.deepEqual(after(waiting, responseHeaders(true)), ['fail: body-missing']);
  const unseen = exchangeWith({ request: 'runs' });
  assert.deepEqual(after(unseen, responseHeaders(true, 200, 'backend', first('NONE'))), ['fail: headers-unseen']);
});

test('no policy is passed by for headers that Envoy does not send', () => {
  const request = exchangeWith({});
  assert.deepEqual(after(request, body('request', Buffer.from('a'), true, first('BUFFERED'))), [
    'fail: headers-unseen',
  ]);
  const response = afterRequest({ response: 'runs' }, 'BUFFERED');
  assert.deepEqual(after(response, piece('response', 'a')), ['fail: headers-unseen']);
});

const failure = {} as PolicyFailure;

test('without an API: refused or let through', () => {
  const refused = exchangeWith({ plan: { kind: 'refused', failure } });
  assert.deepEqual(after(refused, requestHeaders(true, first('NONE'))), ['fail: policy']);
  const unmatched = exchangeWith({ plan: { kind: 'unmatched' } });
  assert.deepEqual(after(unmatched, requestHeaders(true, first('NONE'))), [
    'pass: unmatched',
    'reply to request headers',
  ]);
});

test('a violation ends the stream with a gRPC error, and counts as one', () => {
  const exchange = exchangeWith({ request: 'runs' });
  after(exchange, requestHeaders(false, first('NONE')));
  assert.deepEqual(after(exchange, requestHeaders(false)), [
    'violation: request_headers_out_of_order',
    'release',
    'closed: violation',
  ]);
  assert.deepEqual(after(exchange, closed), []);
});

test('a stream that cannot even be answered has failed: it is not an answer', () => {
  const exchange = exchangeWith({ request: 'runs' });
  after(exchange, requestHeaders(true, first('NONE')));
  assert.deepEqual(after(exchange, { kind: 'failed', failure: {} as never }), ['fail: policy']);
  assert.deepEqual(after(exchange, { kind: 'broken' }), ['break', 'release', 'closed: failed']);
});

test('the message timeout is extended, and expires, only while policies run', () => {
  const exchange = exchangeWith({ request: 'runs' });
  assert.deepEqual(after(exchange, { kind: 'deadline-near', ms: 5 }), []);
  after(exchange, requestHeaders(true, first('NONE')));
  assert.deepEqual(after(exchange, { kind: 'deadline-near', ms: 5 }), ['extend by 5 ms']);
  assert.deepEqual(after(exchange, { kind: 'deadline' }), ['fail: timeout']);
});
