import { hashOrder } from '../java/equality.ts';
import { JavaMap, type Value } from '../value.ts';

/** A java.util.HashMap that a getter of a message returns: its keys are typed. */
export function hashMap(entries: ReadonlyMap<Value, Value>): JavaMap {
  return new JavaMap(new Map(hashOrder([...entries], ([key]) => key)), 'map', true);
}
