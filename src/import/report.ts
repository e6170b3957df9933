/**
 * What could not be imported unchanged, by the damage if it were not reported:
 * - `opened`: it restricted callers. The routes are closed, unless it was accepted.
 * - `changed`: it is imported but behaves differently.
 * - `lost`: it is missing.
 * - `told`: it has no effect on requests, or the user has to know it.
 */
export const DAMAGES = ['opened', 'changed', 'lost', 'told'] as const;
export type Damage = (typeof DAMAGES)[number];

export interface ReportEntry {
  readonly damage: Damage;
  /** For users; never contains a value that may be a secret. */
  readonly what: string;
  /** The places in the definition, e.g. `plans[0].security`. */
  readonly fields: readonly string[];
  /** For `opened`: the name for `--accept`, whether or not it was given. */
  readonly accept?: string;
  /** For `opened`: whether routes are closed because of it. */
  readonly closed?: boolean;
}

/** Collects entries without duplicates. */
export class Report {
  readonly #entries = new Map<string, ReportEntry>();

  add(damage: Damage, what: string, ...fields: readonly string[]): void {
    this.addEntry({ damage, what, fields });
  }

  addEntry(entry: ReportEntry): void {
    const key = `${entry.damage} ${entry.what}`;
    const known = this.#entries.get(key);
    const fields = [...new Set([...(known?.fields ?? []), ...entry.fields])];
    this.#entries.set(key, { ...known, ...entry, fields });
  }

  /** The worst first. */
  get entries(): readonly ReportEntry[] {
    const all = [...this.#entries.values()];
    return DAMAGES.flatMap((damage) => all.filter((entry) => entry.damage === damage));
  }
}

/** An export that cannot be imported at all. */
export class ImportError extends Error {
  override readonly name = 'ImportError';
}
