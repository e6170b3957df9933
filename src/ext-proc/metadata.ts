import { charge, type MemoryAccount, textBytes } from '../memory-account.ts';
import type { FilterMetadata, MetadataValue } from './wire/index.ts';

/** What a value takes beside its texts, with the map or list that it may be. */
const VALUE_BYTES = 160;
/** More than a token of 60 KiB holds. */
const MOST_VALUES = 20_000;
/** Objects and lists inside a namespace. Deeper ones do not arrive: protobufjs stops at 100 messages, and a level has two of them. */
const MOST_LEVELS = 48;

/**
 * Dynamic metadata that Envoy forwards, as maps, lists, texts, numbers, booleans and null; charged to `memory` before it is made.
 * A key is never a property of an object. Throws NoRoomError, and an error where there is too much.
 */
export function readMetadata(
  metadata: FilterMetadata | undefined,
  memory: MemoryAccount,
): ReadonlyMap<string, unknown> {
  const namespaces = Object.entries(metadata ?? {});
  if (namespaces.length === 0) return NOTHING;
  const size = { values: 0, bytes: 0 };
  for (const [name, { fields }] of namespaces) {
    size.bytes += textBytes(name);
    measureFields(fields, size, 0);
  }
  charge(memory, size.bytes + size.values * VALUE_BYTES);
  return new Map(namespaces.map(([name, { fields }]) => [name, mapOf(fields)]));
}

const NOTHING: ReadonlyMap<string, unknown> = new Map();

type Fields = FilterMetadata[string]['fields'];

interface Size {
  values: number;
  bytes: number;
}

function measureFields(fields: Fields, size: Size, level: number): void {
  size.values++;
  for (const [name, value] of Object.entries(fields ?? {})) {
    size.bytes += textBytes(name);
    measure(value, size, level);
  }
}

function measure(value: MetadataValue, size: Size, level: number): void {
  if (++size.values > MOST_VALUES) throw new Error(`#request.metadata has more than ${MOST_VALUES} values`);
  if (level > MOST_LEVELS) throw new Error(`#request.metadata nests deeper than ${MOST_LEVELS} levels`);
  if (typeof value.stringValue === 'string') size.bytes += textBytes(value.stringValue);
  else if (value.structValue) measureFields(value.structValue.fields, size, level + 1);
  else if (value.listValue) for (const item of value.listValue.values ?? []) measure(item, size, level + 1);
}

function mapOf(fields: Fields): ReadonlyMap<string, unknown> {
  return new Map(Object.entries(fields ?? {}).map(([name, value]) => [name, dataOf(value)]));
}

function dataOf({ stringValue, numberValue, boolValue, structValue, listValue }: MetadataValue): unknown {
  if (structValue) return mapOf(structValue.fields);
  if (listValue) return (listValue.values ?? []).map(dataOf);
  return stringValue ?? boolValue ?? numberValue ?? null;
}
