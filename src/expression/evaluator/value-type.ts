import { isSubtype, type JavaType, OBJECT, typeOf, typesByName } from '../java/index.ts';
import { JavaArray, JavaList, JavaMap, type Value } from '../value.ts';
import { Bean } from './bean.ts';

/** A class as a value: what `T(X)` gives. */
export class ClassValue {
  readonly type: JavaType;

  constructor(type: JavaType) {
    this.type = type;
  }
}

const listType = typesByName.get('java.util.ArrayList') ?? OBJECT;
const mapType = typesByName.get('java.util.LinkedHashMap') ?? OBJECT;
const linkedListType = typesByName.get('java.util.LinkedList') ?? OBJECT;

export function valueType(value: Value): JavaType {
  if (value instanceof JavaList && value.kind !== 'set') return value.kind === 'linked' ? linkedListType : listType;
  // Subclasses of maps and lists are of their class.
  return value instanceof JavaMap ? mapType : typeOf(value);
}

/** `X.isInstance(value)`. */
export function isInstance(value: Value, type: string): boolean {
  if (value === null) return false;
  if (type === 'java.lang.Object') return true;
  if (value instanceof JavaArray) return type === `${value.component}[]`;
  if (value instanceof Bean) return false;
  return isSubtype(valueType(value), type);
}
