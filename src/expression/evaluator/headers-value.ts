import type { HeaderScope } from '../context.ts';
import { JavaList, JavaMap, type Value } from '../value.ts';

/** Names of headers: `contains` ignores case. */
export class HeaderNames extends JavaList {}

/** `request.headers`: names ignore case, a name gives the list of its values. */
export class HeadersValue {
  readonly scope: HeaderScope;

  constructor(scope: HeaderScope) {
    this.scope = scope;
  }

  /** Null when the header is absent. */
  all(name: string): Value {
    const values = this.scope.values(name.toLowerCase());
    return values === undefined ? null : new JavaList(values, 'linked');
  }

  first(name: string): Value {
    return this.scope.values(name.toLowerCase())?.[0] ?? null;
  }

  has(name: string): boolean {
    return this.scope.values(name.toLowerCase()) !== undefined;
  }

  names(): HeaderNames {
    return new HeaderNames(this.scope.names(), 'set');
  }

  /** Case-sensitive, the first value of each. */
  toSingleValueMap(): JavaMap {
    const entries = new Map<Value, Value>();
    for (const name of this.scope.names()) entries.set(name, this.first(name));
    return new JavaMap(entries, 'map', true);
  }
}
