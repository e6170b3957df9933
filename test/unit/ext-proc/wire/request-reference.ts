// What a message means, by other means than the reader's: a strict parser that knows the shapes alone rewrites it, without what
// nobody reads and what a later member of its oneof has replaced, and protobufjs decodes the rest.
import { EXT_PROC_FILTER } from '../../../../src/envoy-names.ts';
import { headerValue, value } from '../../../../src/ext-proc/wire/common-shapes.ts';
import {
  loadServiceDefinition,
  type MetadataValue,
  type ProcessingRequest,
} from '../../../../src/ext-proc/wire/index.ts';
import type { FieldKind, MessageShape } from '../../../../src/ext-proc/wire/message-shape.ts';
import { requestShape } from '../../../../src/ext-proc/wire/request-shape.ts';

/** What was seen in messages, so that a run tells what it came to. */
export type Seen = (what: string) => void;

/** Throws for what is not protobuf. `whole`: values of Structs too, however deep. */
export function rewritten(bytes: Buffer, shape: MessageShape, seen: Seen, whole = false): Buffer {
  const fields = new Map([...shape].map(([name, field]) => [field.number, { name, ...field }]));
  const parts: Part[] = [];
  for (const { number, encoding, payload } of fieldsOf(bytes, seen)) {
    const field = fields.get(number);
    if (field === undefined) {
      seen('unknown field');
      continue;
    }
    const kind = field.kind();
    if (encoding !== encodingOf(kind, field.map)) throw new Error('another encoding');
    const inner = field.map
      ? entry(payload, field.name, kind as MessageShape, seen, whole)
      : rewrittenValue(payload, field.name, kind, shape, seen, whole);
    if (inner !== undefined) parts.push({ name: field.name, payload: inner, number, encoding });
  }
  if (shape === headerValue) return headerLine(parts);
  const isChoice = (name: string): boolean =>
    shape === requestShape ? /^re(quest|sponse)_/.test(name) : shape === value;
  const last = parts.findLastIndex(({ name }) => isChoice(name));
  if (parts.filter(({ name }) => isChoice(name)).length > 1) seen('oneof with several members');
  return written(parts.filter(({ name }, i) => !isChoice(name) || i === last));
}

interface Part extends WireField {
  readonly name: string;
}

function written(parts: readonly Part[]): Buffer {
  return Buffer.concat(
    parts.flatMap(({ number, encoding, payload }) => [
      varint(BigInt(number * 8 + encoding)),
      encoding === 2 ? withLength(payload) : payload,
    ]),
  );
}

/** protobufjs would replace what is no UTF-8 of a `value`; its bytes are those of the header. */
function headerLine(parts: readonly Part[]): Buffer {
  const raw = parts.findLast(({ name }) => name === 'raw_value');
  if (raw !== undefined && raw.payload.length > 0) return written(parts);
  return written(
    parts.flatMap((part) => {
      if (part.name === 'raw_value') return [];
      return part.name === 'value' ? [{ ...part, number: 3 }] : [part];
    }),
  );
}

/** Undefined: nobody reads it. */
function rewrittenValue(
  payload: Buffer,
  name: string,
  kind: FieldKind,
  shape: MessageShape,
  seen: Seen,
  whole: boolean,
): Buffer | undefined {
  if (name === 'metadata_context') return undefined;
  if (!whole && shape === value && (name === 'structValue' || name === 'listValue')) return Buffer.alloc(0);
  if (name.endsWith('_trailers')) return Buffer.alloc(0);
  if (typeof kind === 'object') return rewritten(payload, kind, seen, whole);
  // protobufjs misreads numbers of more than 32 bits.
  if (kind === 'bool') return payload.equals(ZERO) ? payload : ONE;
  if (kind === 'enum') return varint(BigInt.asUintN(32, numberIn(payload)));
  if (kind === 'string' && !isUtf8(payload)) seen('not UTF-8');
  return payload;
}

/** Undefined: of another filter. */
function entry(payload: Buffer, name: string, kind: MessageShape, seen: Seen, whole: boolean): Buffer | undefined {
  let key: Buffer = Buffer.alloc(0);
  let inner: Buffer = Buffer.alloc(0);
  for (const field of fieldsOf(payload, seen)) {
    if (field.number > 2) continue;
    if (field.encoding !== 2) throw new Error('another encoding');
    if (field.number === 1) key = field.payload;
    else inner = field.payload;
  }
  if (name === 'attributes' && key.toString() !== EXT_PROC_FILTER) return undefined;
  if (name === 'attributes') seen('attributes of the filter');
  const parts = [Buffer.from([0x0a]), withLength(key), Buffer.from([0x12])];
  return Buffer.concat([...parts, withLength(rewritten(inner, kind, seen, whole))]);
}

const ZERO = Buffer.from([0]);
const ONE = Buffer.from([1]);

function numberIn(bytes: Buffer): bigint {
  return bytes.reduce((sum, byte, i) => sum | (BigInt(byte & 127) << BigInt(7 * i)), 0n);
}

function encodingOf(kind: FieldKind, isMap: boolean): number {
  if (kind === 'double') return 1;
  return !isMap && (kind === 'bool' || kind === 'enum') ? 0 : 2;
}

interface WireField {
  readonly number: number;
  readonly encoding: number;
  /** The value as the shortest bytes. */
  readonly payload: Buffer;
}

function fieldsOf(bytes: Buffer, seen: Seen): WireField[] {
  const fields: WireField[] = [];
  let at = 0;
  const number = (most: number): bigint => {
    let found = 0n;
    for (let i = 0; ; i++) {
      const byte = bytes[at++];
      if (byte === undefined || i === most) throw new Error('no number');
      found |= BigInt(byte & 127) << BigInt(7 * i);
      if (byte < 128) {
        if (i > 0 && byte === 0) seen('number longer than it must be');
        if (i > 4 || found > 0xffffffffn) seen('number of more than 32 bits');
        if (most === 5 && found > 0xffffffffn) throw new Error('no number');
        return BigInt.asUintN(64, found);
      }
    }
  };
  const take = (length: number): Buffer => {
    if (at + length > bytes.length) throw new Error('too long');
    at += length;
    return bytes.subarray(at - length, at);
  };
  const open: number[] = [];
  while (at < bytes.length) {
    const tag = Number(number(5));
    const encoding = tag & 7;
    const fieldNumber = tag >>> 3;
    if (fieldNumber === 0) throw new Error('number 0');
    let payload: Buffer = Buffer.alloc(0);
    if (encoding === 0) payload = varint(number(10));
    else if (encoding === 1) payload = take(8);
    else if (encoding === 2) payload = take(Number(number(5)));
    else if (encoding === 5) payload = take(4);
    else if (encoding === 3) {
      seen('group');
      if (open.length === 0) fields.push({ number: fieldNumber, encoding, payload });
      open.push(fieldNumber);
      continue;
    } else if (encoding === 4 && open.length > 0) {
      open.pop();
      continue;
    } else throw new Error('no encoding');
    if (open.length === 0) fields.push({ number: fieldNumber, encoding, payload });
  }
  if (open.length > 0) throw new Error('open group');
  return fields;
}

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

export function withLength(bytes: Buffer): Buffer {
  return Buffer.concat([varint(BigInt(bytes.length)), bytes]);
}

function isUtf8(bytes: Buffer): boolean {
  return Buffer.from(bytes.toString()).equals(bytes);
}

const { requestType } = loadServiceDefinition().Process as unknown as {
  readonly requestType: { deserialize(bytes: Buffer): ProcessingRequest };
};

/** What protobufjs and proto-loader make of a message. */
export function decodedByProtobufjs(bytes: Buffer): ProcessingRequest {
  return requestType.deserialize(bytes);
}

/** A message as protobufjs decodes it, in the terms of the project. */
export function meaningOf(message: ProcessingRequest): unknown {
  const [, side, part] = /^(request|response)_(headers|body|trailers)$/.exec(message.request ?? '') ?? [];
  if (side === undefined || part === undefined) return { kind: 'empty-message' };
  const { protocol_config: config } = message;
  const fields = message.attributes?.[EXT_PROC_FILTER]?.fields ?? {};
  const attributes = Object.entries(fields).flatMap(([name, { stringValue, numberValue }]) =>
    stringValue === undefined && numberValue === undefined ? [] : [[name, stringValue ?? numberValue]],
  );
  const common = {
    side,
    part,
    config: config && {
      request: String(config.request_body_mode ?? 'NONE'),
      response: String(config.response_body_mode ?? 'NONE'),
      sendsBodyEarly: config.send_body_without_waiting_for_header_response === true,
    },
    observed: message.observability_mode === true,
    attributes: sorted(attributes),
  };
  if (part === 'trailers') return { ...common, end: true };
  if (part === 'body') {
    const body = side === 'request' ? message.request_body : message.response_body;
    return { ...common, end: body?.end_of_stream === true, bytes: body?.body?.toString('hex') ?? '' };
  }
  const headers = side === 'request' ? message.request_headers : message.response_headers;
  const lines = (headers?.headers?.headers ?? []).flatMap(({ key = '', raw_value: raw, value }) => {
    const bytes = raw !== undefined && raw.length > 0 ? raw : Buffer.from(value ?? '');
    return key === '' ? [] : [[key, bytes] as const];
  });
  const isPseudo = ([key]: readonly [string, Buffer]): boolean => key.startsWith(':');
  return {
    ...common,
    end: headers?.end_of_stream === true,
    pseudo: Object.fromEntries(lines.filter(isPseudo).map(([key, bytes]) => [key.slice(1), bytes.toString()])),
    headers: lines.filter((line) => !isPseudo(line)).map(([key, bytes]) => [key, bytes.toString('hex')]),
  };
}

export function sorted(entries: readonly unknown[]): unknown[] {
  return entries
    .map((each) =>
      JSON.stringify(each, (_, number: unknown) =>
        typeof number === 'number' && !Number.isFinite(number) ? String(number) : number,
      ),
    )
    .sort();
}

/** `metadata_context` as protobufjs decodes it, as values of expressions. */
export function metadataOf({ metadata_context: metadata }: ProcessingRequest): ReadonlyMap<string, unknown> {
  return mapOf(metadata?.filter_metadata, ({ fields }) => mapOf(fields, dataOf));
}

function mapOf<T>(
  record: Readonly<Record<string, T>> | undefined,
  change: (value: T) => unknown,
): ReadonlyMap<string, unknown> {
  return new Map(Object.entries(record ?? {}).map(([name, each]) => [name, change(each)]));
}

function dataOf({ stringValue, numberValue, boolValue, structValue, listValue }: MetadataValue): unknown {
  if (structValue) return mapOf(structValue.fields, dataOf);
  if (listValue) return (listValue.values ?? []).map(dataOf);
  return stringValue ?? boolValue ?? numberValue ?? null;
}
