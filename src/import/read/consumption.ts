/** Which parts of a definition were read, so that all others can be reported, known or not. */
export class Consumption {
  readonly #seen = new WeakMap<object, Set<string>>();
  readonly #whole = new WeakSet<object>();
  /** Texts that are JSON, by the object and key that hold them. */
  readonly #parsed = new WeakMap<object, Map<string, unknown>>();

  see(owner: object, key: string): void {
    const keys = this.#seen.get(owner);
    if (keys === undefined) this.#seen.set(owner, new Set([key]));
    else keys.add(key);
  }

  /** Everything in it counts as read. */
  seeWhole(value: unknown): void {
    if (typeof value === 'object' && value !== null) this.#whole.add(value);
  }

  /** The text under a key was parsed to this data: its parts are tracked there. */
  parsedAs(owner: object, key: string, data: unknown): void {
    const known = this.#parsed.get(owner) ?? new Map<string, unknown>();
    known.set(key, data);
    this.#parsed.set(owner, known);
  }

  /** The paths of values that were not read; empty values are left out. */
  unread(root: unknown, rootPath: string): readonly string[] {
    const found: string[] = [];
    // A list, not recursion: the depth of a definition is its author's choice.
    const rest: { value: unknown; path: string }[] = [{ value: root, path: rootPath }];
    for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
      const { value, path } = next;
      if (typeof value !== 'object' || value === null || this.#whole.has(value)) continue;
      const children: typeof rest = [];
      for (const [key, child] of Object.entries(value)) {
        const place = Array.isArray(value) ? `${path}[${key}]` : joinPath(path, key);
        if (this.#seen.get(value)?.has(key) === true) {
          children.push({ value: this.#parsed.get(value)?.get(key) ?? child, path: place });
        } else if (!isEmpty(child)) found.push(place);
      }
      rest.push(...children.reverse());
    }
    return found;
  }
}

export function joinPath(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

/** Null, blank text, and lists and objects of nothing else. */
function isEmpty(value: unknown): boolean {
  const rest: unknown[] = [value];
  for (let count = 0; rest.length > 0; count++) {
    const next = rest.pop();
    if (next === null || next === undefined || next === '') continue;
    if (typeof next !== 'object' || count > 1000) return false;
    rest.push(...Object.values(next));
  }
  return true;
}
