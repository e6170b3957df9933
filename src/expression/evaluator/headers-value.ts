import type { HeaderScope } from '../context.ts';
import { LookupEntries } from '../functions/index.ts';
import { JAVA_TEXT } from '../java/index.ts';
import { EvaluationFailure, JavaList, JavaMap, type Value } from '../value.ts';

/** Names of headers: `contains` ignores case. */
export class HeaderNames extends JavaList {}

/** `request.headers`: a map whose names ignore case, and whose values are lists. */
export class HeadersValue extends JavaMap {
  readonly scope: HeaderScope;

  constructor(scope: HeaderScope) {
    const names = () => scope.names();
    super(new LookupEntries({ names, has: (name) => this.has(name), get: (name) => this.all(name) }), 'map', true);
    this.scope = scope;
  }

  /** The original prints an object's address; all of a caller's headers in one text are of no use. */
  [JAVA_TEXT](): never {
    throw new EvaluationFailure('headers have no string form');
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
