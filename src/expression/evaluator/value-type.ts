import { isSubtype, JAVA_TEXT, type JavaType, OBJECT, TYPES_BY_NAME, typeOf } from '../java/index.ts';
import { JavaArray, JavaList, JavaMap, type Value } from '../value.ts';
import { Bean } from './bean.ts';

const INTERFACES =
  /\.(?:CharSequence|Comparable|Iterable|Collection|List|Set|Deque|Map|Map\$Entry|Comparator|Temporal[A-Za-z]*|Chrono(?:Local|Zoned)[A-Za-z]*)$/;

export const isInterface = (name: string): boolean => INTERFACES.test(name);

/** A class as a value: what `T(X)` gives. */
export class ClassValue {
  readonly type: JavaType;

  constructor(type: JavaType) {
    this.type = type;
  }

  [JAVA_TEXT](): string {
    const { name } = this.type;
    if (!name.includes('.')) return name;
    return `${isInterface(name) ? 'interface' : 'class'} ${name}`;
  }
}

const listType = TYPES_BY_NAME.get('java.util.ArrayList') ?? OBJECT;
const mapType = TYPES_BY_NAME.get('java.util.LinkedHashMap') ?? OBJECT;
const linkedListType = TYPES_BY_NAME.get('java.util.LinkedList') ?? OBJECT;

export function valueType(value: Value): JavaType {
  if (value instanceof JavaList && value.kind !== 'set') return value.kind === 'linked' ? linkedListType : listType;
  // Subclasses of maps and lists are of their class.
  return value instanceof JavaMap ? mapType : typeOf(value);
}

/** `X.isInstance(value)`. */
export function isInstance(value: Value, type: string): boolean {
  if (value === null) return false;
  if (type === 'java.lang.Object') return true;
  if (value instanceof JavaArray) {
    if (type === `${value.component}[]`) return true;
    // An array of a class is one of its superclasses too; primitives have none.
    return type.endsWith('[]') && value.component.includes('.') && isComponent(value.component, type.slice(0, -2));
  }
  if (value instanceof Bean) return false;
  return isSubtype(valueType(value), type);
}

function isComponent(component: string, type: string): boolean {
  const known = TYPES_BY_NAME.get(component);
  return type === 'java.lang.Object' || (known !== undefined && isSubtype(known, type));
}
