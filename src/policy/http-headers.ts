import type { HeaderScope } from '../expression/index.ts';

/** One header as it came over the wire. Values are bytes and not always UTF-8. */
export type RawHeader = readonly [name: string, value: Uint8Array];

/** The headers of one message as they came. Names have letters in any case. */
export interface ReceivedHeaders {
  /** At least as many as `all` gives. */
  readonly count: number;
  /** In their order. */
  all(): readonly RawHeader[];
  /** Values of one header, in their order; `name` in lower case. */
  named(name: string): readonly Uint8Array[];
}

/** Headers given as a list. */
export class ListedHeaders implements ReceivedHeaders {
  readonly #list: readonly RawHeader[];

  constructor(list: readonly RawHeader[]) {
    this.#list = list;
  }

  get count(): number {
    return this.#list.length;
  }

  all(): readonly RawHeader[] {
    return this.#list;
  }

  named(name: string): readonly Uint8Array[] {
    return this.#list.filter(([other]) => other.toLowerCase() === name).map(([, value]) => value);
  }
}

/** The change to one header: the values that replace it (none: removed), or values added to the existing ones. */
export type HeaderChange =
  | { readonly kind: 'set'; readonly name: string; readonly values: readonly string[] }
  | { readonly kind: 'append'; readonly name: string; readonly values: readonly string[] }
  | { readonly kind: 'remove'; readonly name: string };

interface Entry {
  readonly name: string;
  readonly raw: Uint8Array[];
  values: string[] | undefined;
}

/** A byte order mark is a part of the value, as it is for the backend. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads before an index is made, of a message with so many headers at most: it takes as long as some ten of them. */
const MAX_SCANS = 8;
const MAX_SCANNED = 64;

/**
 * The headers of one message, with what policies did to them. Reads see the changes; `changes()` gives them in the
 * form that Envoy's header mutation needs. Indexed for the first change, or after some reads: most transactions read a few headers.
 */
export class HttpHeaders implements HeaderScope {
  readonly #received: ReceivedHeaders;
  #scansLeft = MAX_SCANS;
  #index: Map<string, Entry> | undefined;
  #changes: Map<string, HeaderChange> | undefined;

  constructor(received: ReceivedHeaders) {
    this.#received = received;
    if (received.count > MAX_SCANNED) this.#scansLeft = 0;
  }

  values(name: string): readonly string[] | undefined {
    if (this.#index === undefined) {
      if (this.#received.count === 0) return undefined;
      if (this.#scansLeft > 0) {
        this.#scansLeft--;
        return this.#scan(name);
      }
    }
    const entry = this.#entries().get(name);
    if (entry === undefined) return undefined;
    entry.values ??= entry.raw.map(decode);
    return entry.values;
  }

  first(name: string): string | undefined {
    return this.values(name)?.[0];
  }

  /** The values as they came, whatever policies made of them. */
  received(name: string): readonly string[] | undefined {
    if (!this.isChanged(name)) return this.values(name);
    return this.#scan(name);
  }

  /** Whether a policy set, added to or removed it. `name` in lower case. */
  isChanged(name: string): boolean {
    return this.#changes?.has(name) === true;
  }

  names(): readonly string[] {
    return [...this.#entries().values()].map((entry) => entry.name);
  }

  /** `name` is in lower case here and below. */
  set(name: string, value: string): void {
    this.#entries().set(name, { name, raw: [], values: [value] });
    this.#change({ kind: 'set', name, values: [value] });
  }

  append(name: string, value: string): void {
    const before = this.values(name) ?? [];
    this.#entries().set(name, { name, raw: [], values: [...before, value] });
    const earlier = this.#changes?.get(name);
    if (earlier === undefined) this.#change({ kind: 'append', name, values: [value] });
    else if (earlier.kind === 'remove') this.#change({ kind: 'set', name, values: [value] });
    else this.#change({ kind: earlier.kind, name, values: [...earlier.values, value] });
  }

  remove(name: string): void {
    this.#entries().delete(name);
    this.#change({ kind: 'remove', name });
  }

  /** The outcome of all changes: at most one for each name, in the order of the first one. */
  changes(): readonly HeaderChange[] {
    return this.#changes === undefined ? [] : [...this.#changes.values()];
  }

  #scan(name: string): readonly string[] | undefined {
    const raw = this.#received.named(name);
    return raw.length === 0 ? undefined : raw.map(decode);
  }

  #change(change: HeaderChange): void {
    this.#changes ??= new Map();
    this.#changes.set(change.name, change);
  }

  #entries(): Map<string, Entry> {
    if (this.#index !== undefined) return this.#index;
    const index = new Map<string, Entry>();
    for (const [name, value] of this.#received.all()) {
      const key = name.toLowerCase();
      const entry = index.get(key);
      if (entry === undefined) index.set(key, { name, raw: [value], values: undefined });
      else entry.raw.push(value);
    }
    this.#index = index;
    return index;
  }
}

/** Values that are not UTF-8 are read as Latin-1, HTTP/1.1's old default: nothing is lost. */
function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  }
}
