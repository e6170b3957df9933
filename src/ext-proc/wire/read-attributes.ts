import { struct, value } from './common-shapes.ts';
import type { Attributes } from './message.ts';
import { numberOf } from './message-shape.ts';
import type { ProtoReader } from './proto-reader.ts';

const FIELDS = numberOf(struct, 'fields');
const STRING = numberOf(value, 'stringValue');
const NUMBER = numberOf(value, 'numberValue');
const BOOL = numberOf(value, 'boolValue');
const NULL = numberOf(value, 'nullValue');
const STRUCT = numberOf(value, 'structValue');
const LIST = numberOf(value, 'listValue');

/** An entry of `attributes`: the attributes of the filter `filter`; undefined if the entry belongs to another filter. */
export function readAttributes(reader: ProtoReader, filter: string): Attributes | undefined {
  reader.entry();
  if (!reader.isText(reader.keyStart, reader.keyEnd, filter)) return undefined;
  const { at, end } = reader;
  reader.open(reader.valueStart, reader.valueEnd);
  const attributes = new Map<string, string | number>();
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === FIELDS) readAttribute(reader, attributes);
    else reader.skip();
  }
  reader.open(at, end);
  return attributes;
}

function readAttribute(reader: ProtoReader, attributes: Map<string, string | number>): void {
  reader.entry();
  const name = reader.text(reader.keyStart, reader.keyEnd);
  const { at, end } = reader;
  reader.open(reader.valueStart, reader.valueEnd);
  const found = readTextOrNumber(reader);
  reader.open(at, end);
  if (found === undefined) attributes.delete(name);
  else attributes.set(name, found);
}

/** Reads a Value; undefined if it is neither a text nor a number. */
function readTextOrNumber(reader: ProtoReader): string | number | undefined {
  let found: string | number | undefined;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    switch (field) {
      case STRING:
        found = reader.text(reader.place(), reader.at);
        break;
      case NUMBER:
        found = reader.double();
        break;
      case BOOL:
      case NULL:
        found = undefined;
        reader.bool();
        break;
      case STRUCT:
      case LIST:
        found = undefined;
        reader.place();
        break;
      default:
        reader.skip();
    }
  }
  return found;
}
