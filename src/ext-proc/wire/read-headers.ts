import { headerMap, headerValue, httpHeaders } from './common-shapes.ts';
import { HeaderPlaces } from './header-places.ts';
import type { Head } from './message.ts';
import { numberOf } from './message-shape.ts';
import type { ProtoReader } from './proto-reader.ts';

const HEADERS = numberOf(httpHeaders, 'headers');
const END_OF_STREAM = numberOf(httpHeaders, 'end_of_stream');
const LINE = numberOf(headerMap, 'headers');
const KEY = numberOf(headerValue, 'key');
const VALUE = numberOf(headerValue, 'value');
const RAW_VALUE = numberOf(headerValue, 'raw_value');

/** HttpHeaders. */
export function readHeaders(reader: ProtoReader): { readonly head: Head; readonly end: boolean } {
  const outer = reader.enter();
  let places: readonly number[] = [];
  let end = false;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === HEADERS) places = readHeaderMap(reader);
    else if (field === END_OF_STREAM) end = reader.bool();
    else reader.skip();
  }
  reader.leave(outer);
  return { head: new HeaderPlaces(reader.bytes, places), end };
}

function readHeaderMap(reader: ProtoReader): readonly number[] {
  const outer = reader.enter();
  const places: number[] = [];
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === LINE) readLine(reader, places);
    else reader.skip();
  }
  reader.leave(outer);
  return places;
}

/** Envoy fills `raw_value`; `value` is also read, for a peer that still sends it. A header without a name is ignored. */
function readLine(reader: ProtoReader, places: number[]): void {
  const outer = reader.enter();
  let [key, keyEnd, value, valueEnd, raw, rawEnd] = [0, 0, 0, 0, 0, 0];
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === KEY) {
      key = reader.place();
      keyEnd = reader.at;
    } else if (field === RAW_VALUE) {
      raw = reader.place();
      rawEnd = reader.at;
    } else if (field === VALUE) {
      value = reader.place();
      valueEnd = reader.at;
    } else {
      reader.skip();
    }
  }
  reader.leave(outer);
  if (key === keyEnd) return;
  if (raw === rawEnd) places.push(key, keyEnd, value, valueEnd);
  else places.push(key, keyEnd, raw, rawEnd);
}
