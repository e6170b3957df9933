import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  formatTraceParent,
  formatXRayHeader,
  parseTraceParent,
  readTraceParent,
  type TraceCarrier,
} from '../../../src/tracing/trace-parent.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const VALID = `00-${TRACE}-${SPAN}-01`;

function carrier(headers: Record<string, string | readonly string[]>): TraceCarrier {
  return { values: (name) => (Object.hasOwn(headers, name) ? [headers[name] ?? ''].flat() : undefined) };
}

function stateOf(tracestate: string | readonly string[]): string | undefined {
  return readTraceParent(carrier({ traceparent: VALID, tracestate }))?.traceState;
}

test('a traceparent of version 00 is read', () => {
  assert.deepEqual(parseTraceParent(VALID), {
    traceId: TRACE,
    spanId: SPAN,
    sampled: true,
    random: false,
    traceState: undefined,
  });
  assert.equal(parseTraceParent(`00-${TRACE}-${SPAN}-00`)?.sampled, false);
  assert.equal(parseTraceParent(`00-${TRACE}-${SPAN}-02`)?.sampled, false);
  assert.equal(parseTraceParent(`00-${TRACE}-${SPAN}-02`)?.random, true);
  // Flags that nobody has defined yet mean nothing.
  assert.equal(parseTraceParent(`00-${TRACE}-${SPAN}-ff`)?.sampled, true);
});

test('a later version is read as far as 00 goes', () => {
  assert.equal(parseTraceParent(`cc-${TRACE}-${SPAN}-01`)?.traceId, TRACE);
  assert.equal(parseTraceParent(`cc-${TRACE}-${SPAN}-01-what-the-future-brings`)?.spanId, SPAN);
  assert.equal(parseTraceParent(`cc-${TRACE}-${SPAN}-01.what-the-future-brings`), undefined);
});

const invalid: Readonly<Record<string, string>> = {
  'version ff': `ff-${TRACE}-${SPAN}-01`,
  'version 00 with more behind': `${VALID}-more`,
  'version 00 that ends in a dash': `${VALID}-`,
  'a trace id of zeros': `00-${'0'.repeat(32)}-${SPAN}-01`,
  'a span id of zeros': `00-${TRACE}-${'0'.repeat(16)}-01`,
  'upper case': VALID.toUpperCase(),
  'no hexadecimal digits': `00-${'z'.repeat(32)}-${SPAN}-01`,
  'a short trace id': `00-${TRACE.slice(1)}-${SPAN}-01`,
  'a long trace id': `00-${TRACE}0-${SPAN}-01`,
  'blanks around': ` ${VALID}`,
  'a line break': `${VALID}\n`,
  'two in one': `${VALID},${VALID}`,
  'no flags': `00-${TRACE}-${SPAN}`,
  nothing: '',
  'a later version of a megabyte': `cc-${TRACE}-${SPAN}-01-${'x'.repeat(1_000_000)}`,
};
for (const [what, text] of Object.entries(invalid)) {
  test(`a traceparent that is not valid begins no child: ${what}`, () => {
    assert.equal(readTraceParent(carrier({ traceparent: text })), undefined);
  });
}

test('of two traceparents neither is taken', () => {
  assert.equal(readTraceParent(carrier({ traceparent: [VALID, VALID] })), undefined);
});

test('tracestate is passed on as it came, its values in one', () => {
  assert.equal(stateOf('congo=t61rcWkgMzE,rojo=00f067aa0ba902b7'), 'congo=t61rcWkgMzE,rojo=00f067aa0ba902b7');
  assert.equal(stateOf(['congo=1', '', ' tenant@vendor=a b ,, x=!']), 'congo=1,tenant@vendor=a b,x=!');
});

const invalidStates: Readonly<Record<string, string | readonly string[]>> = {
  'a member without =': 'congo',
  'an empty key': '=1',
  'an empty value': 'congo=',
  'upper case in a key': 'Congo=1',
  'two = in a member': 'congo=1=2',
  'a key twice': 'congo=1,congo=2',
  'bytes beyond ASCII': 'congo=é',
  'a control character': 'congo=a\u0000b',
  'more than 32 members': Array.from({ length: 33 }, (_, i) => `k${i}=1`).join(','),
  'more than 512 characters': Array.from({ length: 3 }, (_, i) => `k${i}=${'v'.repeat(200)}`),
};
for (const [what, text] of Object.entries(invalidStates)) {
  test(`a tracestate that is not valid is left out, and the traceparent stays: ${what}`, () => {
    const parent = readTraceParent(carrier({ traceparent: VALID, tracestate: text }));
    assert.equal(parent?.traceId, TRACE);
    assert.equal(parent?.traceState, undefined);
  });
}

test('tracestate alone is nothing', () => {
  assert.equal(readTraceParent(carrier({ tracestate: 'congo=1' })), undefined);
});

test("X-Ray's header is read if there is no valid traceparent", () => {
  const header = 'Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Parent=00f067aa0ba902b7;Sampled=1';
  const expected = { traceId: TRACE, spanId: SPAN, sampled: true, random: false, traceState: undefined };
  assert.deepEqual(readTraceParent(carrier({ 'x-amzn-trace-id': header })), expected);
  assert.deepEqual(readTraceParent(carrier({ traceparent: 'x', 'x-amzn-trace-id': header })), expected);
  const other = `00-${'a'.repeat(32)}-${SPAN}-00`;
  assert.equal(readTraceParent(carrier({ traceparent: other, 'x-amzn-trace-id': header }))?.traceId, 'a'.repeat(32));
  const unsampled = 'Parent=00f067aa0ba902b7; Sampled=?; Self=1-2-3; Root=1-4bf92f35-77b34da6a3ce929d0e0e4736';
  assert.equal(readTraceParent(carrier({ 'x-amzn-trace-id': unsampled }))?.sampled, false);
  // What a load balancer of AWS sends: no span that could be the parent.
  const rootOnly = 'Root=1-4bf92f35-77b34da6a3ce929d0e0e4736';
  assert.equal(readTraceParent(carrier({ 'x-amzn-trace-id': rootOnly })), undefined);
});

test('what goes out is read as the same', () => {
  const span = { traceId: TRACE, spanId: SPAN, sampled: true, random: true };
  assert.equal(formatTraceParent(span), `00-${TRACE}-${SPAN}-03`);
  assert.deepEqual(parseTraceParent(formatTraceParent(span)), { ...span, traceState: undefined });
  assert.deepEqual(readTraceParent(carrier({ 'x-amzn-trace-id': formatXRayHeader(span) })), {
    ...span,
    random: false,
    traceState: undefined,
  });
});

test('whatever comes, the outcome is none or a valid parent within its bounds', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 600 }),
    fc.stringMatching(/^[0-9a-f]{2}-[0-9a-f]{30,34}-[0-9a-f]{15,17}-[0-9a-f]{2}.{0,8}$/),
    fc.stringMatching(/^(Root=1-[0-9a-f]{8}-[0-9a-f]{24};?|Parent=[0-9a-f]{16};?|Sampled=.;?){1,6}$/),
    fc.stringMatching(/^([a-z@*]{1,9}=[!-~]{0,20},?){0,40}$/),
  );
  const values = fc.array(text, { maxLength: 3 });
  fc.assert(
    fc.property(values, values, values, (traceparent, tracestate, xray) => {
      const parent = readTraceParent(carrier({ traceparent, tracestate, 'x-amzn-trace-id': xray }));
      if (parent === undefined) return;
      assert.match(parent.traceId, /^(?!0+$)[0-9a-f]{32}$/);
      assert.match(parent.spanId, /^(?!0+$)[0-9a-f]{16}$/);
      assert.match(parent.traceState ?? 'a=b', /^[\x20-\x7e]{3,512}$/);
    }),
    { numRuns: 2_000 },
  );
});
