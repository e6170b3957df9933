/** A part of an export. Everything in it is optional and of any type until it was looked at. */
export class Exported {
  readonly data: unknown;

  constructor(data: unknown) {
    this.data = data;
  }

  /** The first of these fields that is there: exports differ in how they spell some. */
  get(...names: readonly string[]): Exported {
    const { data } = this;
    if (isRecord(data)) {
      for (const name of names) if (Object.hasOwn(data, name) && data[name] !== null) return new Exported(data[name]);
    }
    return new Exported(undefined);
  }

  get isThere(): boolean {
    return this.data !== undefined && this.data !== null;
  }

  text(...names: readonly string[]): string | undefined {
    const { data } = this.get(...names);
    return typeof data === 'string' && data !== '' ? data : undefined;
  }

  number(...names: readonly string[]): number | undefined {
    const { data } = this.get(...names);
    return typeof data === 'number' && Number.isFinite(data) ? data : undefined;
  }

  /** True only when the field says so. */
  flag(name: string): boolean {
    return this.get(name).data === true;
  }

  /** Exported parts are enabled unless they say otherwise. */
  get isEnabled(): boolean {
    return this.get('enabled').data !== false;
  }

  items(...names: readonly string[]): readonly Exported[] {
    return this.get(...names).elements();
  }

  elements(): readonly Exported[] {
    const { data } = this;
    return Array.isArray(data) ? data.map((item) => new Exported(item)) : [];
  }

  entries(): readonly (readonly [string, Exported])[] {
    const { data } = this;
    return isRecord(data) ? Object.keys(data).map((key) => [key, new Exported(data[key])]) : [];
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
