import assert from 'node:assert/strict';
import { readMetadata, readRequest } from '../../../../src/ext-proc/wire/index.ts';
import type { Received } from '../../../../src/ext-proc/wire/message.ts';
import { numberOf } from '../../../../src/ext-proc/wire/message-shape.ts';
import { metadata, requestShape } from '../../../../src/ext-proc/wire/request-shape.ts';
import { unlimitedMemory } from '../../../../src/memory-account.ts';
import { RequestBytes, randomOf } from './request-bytes.ts';
import { decodedByProtobufjs, meaningOf, metadataOf, rewritten, sorted, withLength } from './request-reference.ts';

/** What a few thousand messages come to. */
export const WANTED = [
  ...['request', 'response'].flatMap((side) => ['headers', 'body', 'trailers'].map((part) => `${side} ${part}`)),
  'empty message',
  'attributes of the filter',
  'unknown field',
  'group',
  'oneof with several members',
  'not UTF-8',
  'number longer than it must be',
  'number of more than 32 bits',
  'refused: a value of the encoding',
  'refused: a length of',
  'refused: a field with the number',
  'refused: half a number at byte',
];

/** Reads so many messages and compares each with its reference. What was seen how often. */
export function compareReaders(seed: number, count: number): ReadonlyMap<string, number> {
  const all = new Map<string, number>();
  const source = new RequestBytes(randomOf(seed));
  for (let i = 0; i < count; i++) compare(source.next(requestShape), (what) => all.set(what, (all.get(what) ?? 0) + 1));
  return all;
}

function compare(bytes: Buffer, seen: (what: string) => void): void {
  const special = new Set<string>();
  const wanted = outcome(() =>
    meaningOf(decodedByProtobufjs(rewritten(bytes, requestShape, (what) => special.add(what)))),
  );
  const { pseudo = {} } = (wanted.value ?? {}) as { readonly pseudo?: object };
  const asked = new Set(['', 'method', 'path', 'status', ...Object.keys(pseudo)]);
  const found = outcome(() => summary(readRequest(bytes), bytes, asked));
  const where = (): string => bytes.toString('hex');
  if (wanted.error !== undefined) {
    assert.ok(found.error, `${where()}: read, though ${wanted.error}`);
    seen(`refused: ${/^not protobuf: (\D*)/.exec(found.error)?.[1]?.trim()}`);
    return;
  }
  assert.deepEqual(found, wanted, where());
  for (const what of special) seen(what);
  seen(kindOf(wanted.value));
  // As it came, without what the rewriting takes away.
  const plain = outcome(() => meaningOf(decodedByProtobufjs(bytes)));
  if (plain.error !== undefined) seen('protobufjs refuses what nobody reads');
  else if (!/several members|more than 32|not UTF-8|unknown/.test([...special].join()))
    assert.deepEqual(found, plain, where());
}

/** The tag of `metadata_context`. */
const CONTEXT = Buffer.from([(numberOf(requestShape, 'metadata_context') << 3) | 2]);

/** The same for what Envoy forwards of other filters' metadata. */
export function compareMetadata(seed: number, count: number): ReadonlyMap<string, number> {
  const all = new Map<string, number>();
  const seen = (what: string): void => void all.set(what, (all.get(what) ?? 0) + 1);
  const source = new RequestBytes(randomOf(seed));
  for (let i = 0; i < count; i++) {
    const bytes = source.next(metadata);
    const wanted = outcome(() => {
      const context = rewritten(bytes, metadata, seen, true);
      return metadataOf(decodedByProtobufjs(Buffer.concat([CONTEXT, withLength(context)])));
    });
    const found = outcome(() => readMetadata(bytes, unlimitedMemory));
    if (wanted.error === undefined) assert.deepEqual(found, wanted, bytes.toString('hex'));
    else assert.ok(found.error, `${bytes.toString('hex')}: read, though ${wanted.error}`);
    seen(wanted.error === undefined ? 'read' : 'refused');
  }
  return all;
}

interface Outcome {
  readonly value?: unknown;
  readonly error?: string;
}

function outcome(read: () => unknown): Outcome {
  try {
    return { value: read() };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

function kindOf(value: unknown): string {
  const { side, part } = value as { side?: string; part?: string };
  return side === undefined ? 'empty message' : `${side} ${part}`;
}

/** A message as `meaningOf` tells it. `asked`: pseudo-headers to look for. */
function summary(message: Received, bytes: Buffer, asked: ReadonlySet<string>): unknown {
  if (message.kind === 'empty-message') return { kind: 'empty-message' };
  const { side, part, end, config, observed, attributes } = message;
  assert.equal(message.phase, `${side}_${part}`);
  const common = { side, part, end, config, observed, attributes: sorted([...attributes]) };
  if (message.part === 'trailers') return common;
  if (message.part === 'body') {
    const isView = message.bytes.length === 0 || message.bytes.buffer === bytes.buffer;
    assert.ok(isView, 'a body is a view of its message');
    return { ...common, bytes: message.bytes.toString('hex') };
  }
  const { head } = message;
  const headers = head.headers.all().map(([name, value]) => [name, hex(value)]);
  for (const name of new Set([...headers.map(([name = '']) => name.toLowerCase()), 'absent', 'x-key'])) {
    const wanted = headers.filter(([other = '']) => other.toLowerCase() === name).map(([, value]) => value);
    assert.deepEqual(head.headers.named(name).map(hex), wanted);
  }
  const pseudo = [...asked].flatMap((name) => {
    const value = head.pseudo(name);
    return value === undefined ? [] : [[name, value]];
  });
  return { ...common, pseudo: Object.fromEntries(pseudo), headers };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
