import type { Struct, Value } from './protobuf.ts';

export type Json = string | number | boolean | null | undefined | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/**
 * A google.protobuf.Struct with the content of a JSON object, which is encoded without making the messages in between. `isKept`: the
 * struct is part of many messages and never changes, so it is encoded once.
 */
export class JsonStruct implements Struct {
  readonly json: JsonObject;
  readonly isKept: boolean;
  /** Its encoding, if it is kept and has been encoded. */
  bytes: Uint8Array | undefined;

  constructor(json: JsonObject, isKept = false) {
    this.json = json;
    this.isKept = isKept;
  }

  /** The messages, for readers of a reply that has not been encoded. */
  get fields(): Record<string, Value> {
    return fieldsOf(this.json);
  }
}

/** google.protobuf.Struct has camelCase names even with proto-loader's `keepCase` (docs/notes/envoy.md). */
function fieldsOf(object: JsonObject): Record<string, Value> {
  const fields: Record<string, Value> = {};
  for (const key of Object.keys(object)) {
    const value = object[key];
    if (value === undefined) continue;
    if (key !== '__proto__') fields[key] = toValue(value);
    // An assignment would set the prototype.
    else Object.defineProperty(fields, key, { value: toValue(value), enumerable: true });
  }
  return fields;
}

function toValue(value: Exclude<Json, undefined>): Value {
  if (value === null) return { nullValue: 'NULL_VALUE' };
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'number') return { numberValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return { structValue: { fields: fieldsOf(value) } };
}
