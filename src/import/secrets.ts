import type { Report } from './report.ts';

const PREFIX = 'LAMBDA_EXT_PROC_SECRET_';

/** Whether a text refers to a secret of a vault, or of Kubernetes by the operator's templates. */
export function isReference(text: string): boolean {
  return text.includes('#secrets') || /\[\[.*\]\]/.test(text);
}

/**
 * Keys of a definition, which are not written to policies.yaml: each becomes a reference to an environment variable, and its
 * value is written to a separate file.
 */
export class Secrets {
  readonly #values = new Map<string, string | undefined>();
  /** Variables by the field and the text that they replace. */
  readonly #known = new Map<string, string>();

  /** Variable to value; undefined if the definition has only a reference that cannot be resolved here. */
  get values(): ReadonlyMap<string, string | undefined> {
    return this.#values;
  }

  /** A template for a field that may hold a secret. */
  reference(text: string, field: string, path: string, report: Report): string {
    if (/\{ *[#T(]/.test(text) && !text.includes('#secrets')) return text;
    if (
      /^\{#secrets\.get\('(?:env:LAMBDA_EXT_PROC_SECRET_|file:\/run\/secrets\/lambda-ext-proc\/)[^']*'\)\}$/.test(text)
    ) {
      return text;
    }
    const elsewhere = isReference(text);
    const name = this.#nameFor(field, elsewhere ? undefined : text, text);
    if (elsewhere) {
      report.add('told', `vault reference in ${field}: put the secret's value into the variable ${name}`, path);
    } else report.add('told', `${field} is now the environment variable ${name}; its value is in secrets.env`, path);
    return `{#secrets.get('env:${name}')}`;
  }

  #nameFor(field: string, value: string | undefined, text: string): string {
    const key = `${field} ${text}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const base = PREFIX + field.replace(/([a-z])([A-Z])/g, '$1_$2').toUpperCase();
    let name = base;
    for (let count = 2; this.#values.has(name); count++) name = `${base}_${count}`;
    this.#known.set(key, name);
    this.#values.set(name, value);
    return name;
  }
}
