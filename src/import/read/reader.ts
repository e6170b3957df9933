import type { Damage, Report } from '../report.ts';
import { Consumption, joinPath } from './consumption.ts';

/**
 * A part of an export. Everything in it is optional and of any type until it is read; what was read is
 * recorded, so that the rest can be reported.
 */
export class Reader {
  readonly data: unknown;
  /** From the root of the definition, e.g. `plans[0].security`. */
  readonly path: string;
  readonly #consumption: Consumption;

  constructor(data: unknown, path = '', consumption = new Consumption()) {
    this.data = data;
    this.path = path;
    this.#consumption = consumption;
  }

  /** The first of these fields that exists: exports spell some fields differently. */
  get(...names: readonly string[]): Reader {
    const { data } = this;
    if (isRecord(data)) {
      for (const name of names) {
        if (!Object.hasOwn(data, name) || data[name] === null) continue;
        this.#consumption.see(data, name);
        return this.#child(data[name], name);
      }
    }
    return this.#child(undefined, names[0] ?? '');
  }

  /** Like `get`, for a field that some exports hold as the text of its JSON. Text that is not valid JSON gives undefined. */
  getJson(...names: readonly string[]): Reader {
    const found = this.get(...names);
    const { data } = this;
    if (typeof found.data !== 'string' || !isRecord(data)) return found;
    const name = names.find((candidate) => Object.hasOwn(data, candidate) && data[candidate] !== null) ?? '';
    const parsed = parseJson(found.data);
    this.#consumption.parsedAs(data, name, parsed);
    return this.#child(parsed, name);
  }

  /** Whether a field has a value. Does not count as reading it. */
  has(name: string): boolean {
    const { data } = this;
    return isRecord(data) && Object.hasOwn(data, name) && data[name] !== null;
  }

  /** Whether a field has text of a kind. Does not count as reading it. */
  says(name: string, pattern: RegExp): boolean {
    const { data } = this;
    return isRecord(data) && Object.hasOwn(data, name) && pattern.test(asText(data[name]) ?? '');
  }

  get isThere(): boolean {
    return this.data !== undefined && this.data !== null;
  }

  /** Text unchanged; numbers and booleans, to which YAML converts unquoted text, as they are written. */
  text(...names: readonly string[]): string | undefined {
    for (const name of names) {
      const text = asText(this.get(name).data);
      if (text !== undefined) return text;
    }
    return undefined;
  }

  /** A field in any case, with or without underscores, for what restricts callers and must not be overlooked. */
  find(name: string): Reader {
    const { data } = this;
    const key = Object.keys(isRecord(data) ? data : {}).find((candidate) => {
      return fold(candidate) === fold(name) && isRecord(data) && data[candidate] !== null && data[candidate] !== '';
    });
    return key === undefined ? this.#child(undefined, name) : this.get(key);
  }

  /** The value of this part as text; a list or an object also gives text, so that it does not count as absent. */
  get word(): string | undefined {
    if (!this.isThere || this.data === '') return undefined;
    return asText(this.data) ?? 'a value that is not text';
  }

  /** A number, or the text of one. */
  number(...names: readonly string[]): number | undefined {
    return asNumber(this.get(...names).data);
  }

  /** A boolean, a number (0 is false, as for the gateway), or the text of one in YAML 1.1, which Kubernetes and JSON libraries read as one. */
  flag(...names: readonly string[]): boolean | undefined {
    return asBoolean(this.get(...names).data);
  }

  /** Exported parts are enabled unless they say otherwise. */
  get isEnabled(): boolean {
    return this.flag('enabled') !== false;
  }

  /** Objects of a list, or of a map by name. Other things in it do not count as read. */
  items(...names: readonly string[]): readonly Reader[] {
    const found = this.get(...names);
    const { data } = found;
    if (isRecord(data)) return Object.keys(data).flatMap((key) => (isRecord(data[key]) ? [found.get(key)] : []));
    return found.#list(isRecord);
  }

  elements(): readonly Reader[] {
    return this.#list(() => true);
  }

  #list(isSeen: (item: unknown) => boolean): readonly Reader[] {
    const { data } = this;
    if (!Array.isArray(data)) return [];
    return data.map((item: unknown, index) => {
      if (isSeen(item)) this.#consumption.see(data, String(index));
      return new Reader(item, `${this.path}[${index}]`, this.#consumption);
    });
  }

  entries(): readonly (readonly [string, Reader])[] {
    const { data } = this;
    return isRecord(data) ? Object.keys(data).map((key) => [key, this.get(key)]) : [];
  }

  /** The texts of a list; a single text counts as one. */
  texts(...names: readonly string[]): readonly string[] {
    const found = this.get(...names);
    const single = asText(found.data);
    if (single !== undefined) return [single];
    return found.elements().flatMap((item) => asText(item.data) ?? []);
  }

  /** Reports this part as a whole, if it exists and has a value: then nothing in it counts as unread. */
  tell(report: Report, damage: Damage, what: string): void {
    if (!this.isThere) return;
    this.skip();
    report.add(damage, what, this.path);
  }

  /** Everything in it counts as read: for parts that are reported elsewhere or have no meaning. */
  skip(): void {
    this.#consumption.seeWhole(this.data);
  }

  /** Paths below this part that were not read. */
  unread(): readonly string[] {
    return this.#consumption.unread(this.data, this.path);
  }

  #child(data: unknown, name: string): Reader {
    return new Reader(data, joinPath(this.path, name), this.#consumption);
  }
}

function asText(data: unknown): string | undefined {
  if (typeof data === 'number' || typeof data === 'boolean') return String(data);
  return typeof data === 'string' && data !== '' ? data : undefined;
}

function asNumber(data: unknown): number | undefined {
  const value = typeof data === 'string' && /^\s*-?\d+(?:\.\d+)?\s*$/.test(data) ? Number(data) : data;
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function asBoolean(data: unknown): boolean | undefined {
  if (typeof data === 'boolean') return data;
  if (typeof data === 'number') return data !== 0;
  if (typeof data !== 'string') return undefined;
  if (/^\s*(?:true|yes|on|y)\s*$/i.test(data)) return true;
  return /^\s*(?:false|no|off|n)\s*$/i.test(data) ? false : undefined;
}

function fold(name: string): string {
  return name.toLowerCase().replace(/[_-]/g, '');
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
