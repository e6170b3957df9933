/** A problem of an environment variable, for operators. */
export interface VariableProblem {
  readonly variable: string;
  /** What is wrong, and what to do. Never a value that may be a secret. */
  readonly message: string;
  /** Traces stay off because of it. */
  readonly fatal: boolean;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads variables as OpenTelemetry's specification says, and records the invalid ones. */
export class Variables {
  readonly problems: VariableProblem[] = [];
  readonly #environment: Environment;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** An empty variable counts as not set. */
  text(variable: string): string | undefined {
    return this.#environment[variable]?.trim() || undefined;
  }

  /** The first that is set: a signal's own variable comes before the one for all signals. */
  first(variables: readonly string[]): { readonly variable: string; readonly text: string } | undefined {
    for (const variable of variables) {
      const text = this.text(variable);
      if (text !== undefined) return { variable, text };
    }
    return undefined;
  }

  /** One of `known`, otherwise undefined. */
  choice<T extends string>(variables: readonly string[], known: readonly T[]): T | undefined {
    const found = this.first(variables);
    if (found === undefined) return undefined;
    const value = known.find((one) => one === found.text.toLowerCase());
    if (value === undefined) this.warn(found.variable, `${quoted(found.text)} is none of ${known.join(', ')}`);
    return value;
  }

  /** A number from `from` to `to`, otherwise undefined. */
  number(variables: readonly string[], range: NumberRange): number | undefined {
    const found = this.first(variables);
    if (found === undefined) return undefined;
    const { from, to, whole = true } = range;
    const value = /^\d{1,12}(?:\.\d{1,12})?$/.test(found.text) ? Number(found.text) : Number.NaN;
    if (value >= from && value <= to && (!whole || Number.isInteger(value))) return value;
    const what = whole ? 'a whole number' : 'a number';
    this.warn(found.variable, `${quoted(found.text)} is not ${what} from ${from} to ${to}`);
    return undefined;
  }

  /** Pairs `name=value,…`, percent-encoded. An invalid pair is omitted and not shown, because it may be a secret. */
  pairs(variable: string): Record<string, string> {
    const pairs: Record<string, string> = {};
    let number = 0;
    for (const part of (this.text(variable) ?? '').split(',')) {
      if (part.trim() === '') continue;
      number++;
      const pair = readPair(part);
      if (pair === undefined) this.warn(variable, `its entry ${number} is not name=value, percent-encoded`);
      else pairs[pair[0]] = pair[1];
    }
    return pairs;
  }

  /** The variable is ignored. */
  warn(variable: string, message: string): void {
    this.note(variable, `${message}; it is ignored`);
  }

  /** For information only. */
  note(variable: string, message: string): void {
    this.problems.push({ variable, message, fatal: false });
  }

  /** Traces stay off. */
  refuse(variable: string, message: string): void {
    this.problems.push({ variable, message: `${message}; no traces are sent`, fatal: true });
  }
}

interface NumberRange {
  readonly from: number;
  readonly to: number;
  readonly whole?: boolean;
}

/** A value as it may be shown: short, in one line. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 64 ? `${text.slice(0, 64)}…` : text);
}

function readPair(text: string): readonly [name: string, value: string] | undefined {
  const at = text.indexOf('=');
  if (at < 1) return undefined;
  try {
    const name = decodeURIComponent(text.slice(0, at).trim());
    return name === '' || name === '__proto__' ? undefined : [name, decodeURIComponent(text.slice(at + 1).trim())];
  } catch {
    return undefined;
  }
}
