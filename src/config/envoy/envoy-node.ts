import type { DocumentPath } from '../problem.ts';

/**
 * A part of an Envoy configuration and its place. Envoy reads protobuf's JSON: a field may be written in snake_case or camelCase, and an
 * absent field has the default of its type.
 */
export class EnvoyNode {
  readonly data: unknown;
  readonly path: DocumentPath;

  constructor(data: unknown, path: DocumentPath = []) {
    this.data = data;
    this.path = path;
  }

  /** A field by its snake_case name; null counts as absent. */
  get(name: string): EnvoyNode | undefined {
    return this.entry(name) ?? this.entry(name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()));
  }

  /** A field of a map, by exactly this name. */
  entry(name: string): EnvoyNode | undefined {
    const { data } = this;
    if (!isRecord(data) || !Object.hasOwn(data, name)) return undefined;
    const value = data[name];
    return value === undefined || value === null ? undefined : new EnvoyNode(value, [...this.path, name]);
  }

  /** The item or the field at one part of a path. */
  at(part: string | number): EnvoyNode | undefined {
    if (typeof part === 'string') return this.entry(part);
    const item: unknown = Array.isArray(this.data) ? this.data[part] : undefined;
    return item === undefined ? undefined : new EnvoyNode(item, [...this.path, part]);
  }

  /** The place of a field, or where it would be: for problems of fields that may be missing. */
  placeOf(name: string): DocumentPath {
    return this.get(name)?.path ?? [...this.path, name];
  }

  find(...names: readonly string[]): EnvoyNode | undefined {
    let node: EnvoyNode | undefined = this;
    for (const name of names) node = node?.get(name);
    return node;
  }

  items(name: string): readonly EnvoyNode[] {
    const list = this.get(name);
    return list === undefined || !Array.isArray(list.data)
      ? []
      : list.data.map((item, index) => new EnvoyNode(item, [...list.path, index]));
  }

  text(name: string): string | undefined {
    const value = this.get(name)?.data;
    return typeof value === 'string' ? value : undefined;
  }

  /** A number, also of a wrapper type such as UInt32Value: protobuf's JSON accepts both as a text too. */
  number(name: string): number | undefined {
    const value = this.get(name)?.data;
    if (typeof value === 'number') return value;
    return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : undefined;
  }

  flag(name: string): boolean {
    return this.get(name)?.data === true;
  }

  /** Protobuf's JSON of a duration, in milliseconds. */
  duration(name: string): number | undefined {
    const match = /^(\d{1,12}(?:\.\d{1,9})?)s$/.exec(this.text(name) ?? '');
    return match === null ? undefined : Math.round(Number(match[1]) * 1000);
  }

  /** Whether this is an `Any` of the message with this full name. */
  is(messageName: string): boolean {
    const type = this.entry('@type')?.data;
    return typeof type === 'string' && type.slice(type.lastIndexOf('/') + 1) === messageName;
  }

  children(): readonly EnvoyNode[] {
    const { data, path } = this;
    if (Array.isArray(data)) return data.map((item, index) => new EnvoyNode(item, [...path, index]));
    return isRecord(data) ? Object.keys(data).map((key) => new EnvoyNode(data[key], [...path, key])) : [];
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
