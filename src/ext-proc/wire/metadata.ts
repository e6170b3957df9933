import { isAscii } from 'node:buffer';
import { charge, type MemoryAccount, SHORT_TEXT } from '../../memory-account.ts';
import { listValue, struct, value } from './common-shapes.ts';
import { numberOf } from './message-shape.ts';
import { ProtoReader } from './proto-reader.ts';
import { metadata } from './request-shape.ts';

/** Memory of a value without its texts, including the map or list that it may be. */
const VALUE_BYTES = 160;
/** More values than a token of 60 KiB can contain. */
const MOST_VALUES = 20_000;
/** Objects and lists inside a namespace. */
const MOST_LEVELS = 48;

const NAMESPACES = numberOf(metadata, 'filter_metadata');
const FIELDS = numberOf(struct, 'fields');
const ITEMS = numberOf(listValue, 'values');
const NULL = numberOf(value, 'nullValue');
const NUMBER = numberOf(value, 'numberValue');
const STRING = numberOf(value, 'stringValue');
const BOOL = numberOf(value, 'boolValue');
const STRUCT = numberOf(value, 'structValue');
const LIST = numberOf(value, 'listValue');

/**
 * Dynamic metadata that Envoy forwards (the message `Metadata`) as maps, lists, texts, numbers, booleans and null; charged to `memory`
 * before it is made. A key is never a property of an object. Throws NoRoomError, and an error if there is too much of it or if the
 * bytes are not such a message.
 */
export function readMetadata(bytes: Buffer | undefined, memory: MemoryAccount): ReadonlyMap<string, unknown> {
  if (bytes === undefined || bytes.length === 0) return NOTHING;
  const reader = new ProtoReader(bytes);
  const size = { values: 0, bytes: 0 };
  eachField(reader, 0, bytes.length, (field) => {
    if (field !== NAMESPACES) return reader.skip();
    reader.entry();
    size.bytes += textSize(reader, reader.keyStart, reader.keyEnd);
    measureStruct(reader, reader.valueStart, reader.valueEnd, size, 0);
  });
  charge(memory, size.bytes + size.values * VALUE_BYTES);
  return mapOf(reader, 0, bytes.length, NAMESPACES, structOf);
}

const NOTHING: ReadonlyMap<string, unknown> = new Map();

interface Size {
  values: number;
  bytes: number;
}

function measureStruct(reader: ProtoReader, start: number, end: number, size: Size, level: number): void {
  size.values++;
  eachField(reader, start, end, (field) => {
    if (field !== FIELDS) return reader.skip();
    reader.entry();
    size.bytes += textSize(reader, reader.keyStart, reader.keyEnd);
    measureValue(reader, reader.valueStart, reader.valueEnd, size, level);
  });
}

function measureValue(reader: ProtoReader, start: number, end: number, size: Size, level: number): void {
  if (++size.values > MOST_VALUES) throw new Error(`#request.metadata has more than ${MOST_VALUES} values`);
  if (level > MOST_LEVELS) throw new Error(`#request.metadata nests deeper than ${MOST_LEVELS} levels`);
  eachField(reader, start, end, (field) => {
    if (field === STRING) size.bytes += textSize(reader, reader.place(), reader.at);
    else if (field === STRUCT) measureStruct(reader, reader.place(), reader.at, size, level + 1);
    else if (field === LIST) {
      eachField(reader, reader.place(), reader.at, (inner) => {
        if (inner === ITEMS) measureValue(reader, reader.place(), reader.at, size, level + 1);
        else reader.skip();
      });
    } else reader.skip();
  });
}

/** The result of `textBytes` for this text, or a little more. */
function textSize(reader: ProtoReader, start: number, end: number): number {
  const length = end - start;
  return length >= SHORT_TEXT && isAscii(reader.bytes.subarray(start, end)) ? length : 2 * length;
}

function structOf(reader: ProtoReader, start: number, end: number): ReadonlyMap<string, unknown> {
  return mapOf(reader, start, end, FIELDS, readValue);
}

/** The entries of the map `number` in a message. */
function mapOf(
  reader: ProtoReader,
  start: number,
  end: number,
  number: number,
  read: (reader: ProtoReader, start: number, end: number) => unknown,
): ReadonlyMap<string, unknown> {
  const map = new Map<string, unknown>();
  eachField(reader, start, end, (field) => {
    if (field !== number) return reader.skip();
    reader.entry();
    const name = reader.text(reader.keyStart, reader.keyEnd);
    map.set(name, read(reader, reader.valueStart, reader.valueEnd));
  });
  return map;
}

function readValue(reader: ProtoReader, start: number, end: number): unknown {
  let found: unknown = null;
  eachField(reader, start, end, (field) => {
    switch (field) {
      case NULL:
        reader.int32();
        found = null;
        break;
      case NUMBER:
        found = reader.double();
        break;
      case STRING:
        found = reader.text(reader.place(), reader.at);
        break;
      case BOOL:
        found = reader.bool();
        break;
      case STRUCT:
        found = structOf(reader, reader.place(), reader.at);
        break;
      case LIST:
        found = listOf(reader, reader.place(), reader.at);
        break;
      default:
        reader.skip();
    }
  });
  return found;
}

function listOf(reader: ProtoReader, start: number, end: number): readonly unknown[] {
  const list: unknown[] = [];
  eachField(reader, start, end, (field) => {
    if (field === ITEMS) list.push(readValue(reader, reader.place(), reader.at));
    else reader.skip();
  });
  return list;
}

/** Visits the fields of a message inside the one that is being read. */
function eachField(reader: ProtoReader, start: number, end: number, visit: (field: number) => void): void {
  const { at, end: outer } = reader;
  reader.open(start, end);
  for (let field = reader.next(); field !== 0; field = reader.next()) visit(field);
  reader.open(at, outer);
}
