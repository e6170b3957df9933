// The reader of results against JSON.parse: what one refuses the other refuses, and both see the same values.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { JsonScanner, type JsonSpan, JsonSyntaxError } from '../../../../src/formats/result/json-scanner.ts';

/** The whole value as JSON.parse would make it, by way of the scanner alone; undefined for text that it refuses. */
function scan(bytes: Uint8Array): { readonly value: unknown } | undefined {
  const scanner = new JsonScanner(bytes);
  try {
    const end = scanner.value(scanner.start);
    scanner.finish(end);
    return { value: readValue(scanner, { start: scanner.start, end }) };
  } catch (error) {
    if (error instanceof JsonSyntaxError) return undefined;
    throw error;
  }
}

function readValue(scanner: JsonScanner, span: JsonSpan): unknown {
  switch (scanner.kind(span.start)) {
    case 'object': {
      const entries = new Map<string, unknown>();
      const end = scanner.object(span.start, (name, value) =>
        entries.set(scanner.text(name), readValue(scanner, value)),
      );
      assert.equal(end, span.end);
      return Object.fromEntries(entries);
    }
    case 'array': {
      const elements: unknown[] = [];
      const end = scanner.array(span.start, (value) => elements.push(readValue(scanner, value)));
      assert.equal(end, span.end);
      return elements;
    }
    case 'string':
      return scanner.text(span);
    default:
      return JSON.parse(scanner.text(span));
  }
}

function parse(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

const pieces = fc.constantFrom(
  ...[
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    '"a"',
    '"a":',
    '""',
    '1',
    '0',
    '-',
    '.5',
    'e+1',
    'true',
    'null',
    'nul',
    ' ',
    '\n',
  ],
  ...['\\', '\\u00', '"\\ud800"', '\\"', 'é', '\u0000', '\u00a0', '"\\/\\b\\f\\n\\r\\t"', '01', '1.', '"__proto__":'],
);

test('JSON and what nearly is JSON are read as JSON.parse reads them', () => {
  const text = fc.oneof(
    fc.json(),
    fc.array(pieces, { maxLength: 14 }).map((all) => all.join('')),
    fc.tuple(fc.json(), fc.nat(), pieces).map(([json, at, piece]) => {
      const place = at % (json.length + 1);
      return json.slice(0, place) + piece + json.slice(place + (at % 3));
    }),
  );
  fc.assert(
    fc.property(text, (json) => {
      assert.deepEqual(scan(Buffer.from(json)), parse(Buffer.from(json).toString()), json);
    }),
    { numRuns: 3_000 },
  );
});

test('bytes that are not UTF-8 are not JSON, and a byte order mark is skipped', () => {
  assert.equal(scan(Buffer.from([0x22, 0xff, 0x22])), undefined);
  assert.equal(scan(Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])), undefined, 'a surrogate');
  assert.deepEqual(scan(Buffer.from('\ufeff{"a":1}')), { value: { a: 1 } });
  assert.equal(scan(Buffer.from(' \ufeff1')), undefined);
});

test('deep nesting is refused, without using up the stack', () => {
  assert.deepEqual(scan(Buffer.from('[[[{"a":[]}]]]')), { value: [[[{ a: [] }]]] });
  for (const depth of [10_002, 3_000_000]) {
    assert.ok(isRefused('['.repeat(depth) + ']'.repeat(depth)));
  }
  assert.ok(!isRefused('['.repeat(10_000) + ']'.repeat(10_000)));
});

function isRefused(text: string): boolean {
  const scanner = new JsonScanner(Buffer.from(text));
  try {
    scanner.finish(scanner.value(scanner.start));
    return false;
  } catch (error) {
    assert.ok(error instanceof JsonSyntaxError);
    return true;
  }
}
