import { closest } from '../closest.ts';

/** One flag of a command. Its environment variable, where it has one, is LAMBDA_EXT_PROC_ and its name in capitals. */
export interface Flag {
  /** Without dashes, e.g. `tls-cert`. */
  readonly name: string;
  /** The placeholder of the value in the help; none: the flag is a switch. */
  readonly value?: string | undefined;
  /** May be given several times; in the environment separated by commas. */
  readonly repeatable?: boolean | undefined;
  /** False: the flag counts on the command line only. */
  readonly variable?: false | undefined;
  readonly help: string;
  /** What counts when the flag is absent. */
  readonly fallback?: string | undefined;
}

export interface CommandDefinition {
  readonly name: string;
  readonly summary: string;
  /** Names of the arguments without a flag, e.g. `TEMPLATE`; any number of them if the last one ends in `…`. */
  readonly positionals?: readonly string[] | undefined;
  readonly flags: readonly Flag[];
  /** Further arguments that the command reads by itself, a line for each in the help. */
  readonly others?: readonly string[] | undefined;
  /** Whole lines to try, which close the help. */
  readonly examples: readonly string[];
}

export interface ParsedCommandLine {
  /** The value of a flag or of its variable, otherwise its fallback; the last one counts. */
  text(name: string): string | undefined;
  /** The value of a flag that has a fallback. */
  required(name: string): string;
  /** All values of a repeatable flag, otherwise its fallback; empty when there is none. */
  list(name: string): readonly string[];
  has(name: string): boolean;
  /** Whether the flag is on the command line itself, and not only in its variable. */
  isGiven(name: string): boolean;
  readonly positionals: readonly string[];
}

/** A command line that cannot be understood: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const VARIABLE_PREFIX = 'LAMBDA_EXT_PROC_';

export function variableOf(flag: Flag): string {
  return VARIABLE_PREFIX + flag.name.toUpperCase().replaceAll('-', '_');
}

/**
 * Reads `--flag value`, `--flag=value` and positionals; `--` ends the flags. A flag wins over its variable. An empty
 * variable counts as unset. Throws UsageError.
 */
export function parseCommandLine(
  command: CommandDefinition,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): ParsedCommandLine {
  const flags = new Map(command.flags.map((flag) => [flag.name, flag]));
  const values = new Map<string, string[]>();
  const positionals: string[] = [];
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === '--') {
      positionals.push(...rest.splice(0));
    } else if (arg.startsWith('--')) {
      const { flag, inline } = findFlag(command, flags, arg);
      const value = flag.value === undefined ? switchValue(flag, inline) : (inline ?? takeValue(flag, rest));
      if (flag.repeatable !== true) values.delete(flag.name);
      append(values, flag.name, value);
    } else if (/^-[A-Za-z]/.test(arg)) {
      throw unknownFlag(command, arg, flags.keys());
    } else {
      positionals.push(arg);
    }
  }
  const given = new Set(values.keys());
  readEnvironment(command, env, values);
  const names = command.positionals ?? [];
  const allowed = names.at(-1)?.endsWith('…') ? Number.POSITIVE_INFINITY : names.length;
  if (positionals.length > allowed) {
    throw new UsageError(
      `unexpected argument ${JSON.stringify(positionals[allowed])} for ${command.name}; see lambda-ext-proc ${command.name} --help`,
    );
  }
  const list = (name: string): readonly string[] => {
    const fallback = flags.get(name)?.fallback;
    return values.get(name) ?? (fallback === undefined ? [] : [fallback]);
  };
  return {
    text: (name) => list(name).at(-1),
    required(name) {
      const text = list(name).at(-1);
      if (text === undefined) throw new UsageError(`--${name} is missing`);
      return text;
    },
    list,
    has: (name) => values.get(name)?.at(-1) === 'true',
    isGiven: (name) => given.has(name),
    positionals,
  };
}

function findFlag(command: CommandDefinition, flags: ReadonlyMap<string, Flag>, arg: string) {
  const equals = arg.indexOf('=');
  const name = equals < 0 ? arg.slice(2) : arg.slice(2, equals);
  const flag = flags.get(name);
  if (flag === undefined) throw unknownFlag(command, `--${name}`, flags.keys());
  return { flag, inline: equals < 0 ? undefined : arg.slice(equals + 1) };
}

function unknownFlag(command: CommandDefinition, given: string, known: Iterable<string>): UsageError {
  const suggestion = closest(given.replace(/^-+/, ''), known);
  const hint =
    suggestion === undefined ? `see lambda-ext-proc ${command.name} --help` : `did you mean --${suggestion}?`;
  return new UsageError(`unknown flag ${given} for ${command.name}; ${hint}`);
}

function takeValue(flag: Flag, rest: string[]): string {
  const next = rest.shift();
  if (next === undefined || (next.startsWith('--') && next.length > 2)) {
    throw new UsageError(`--${flag.name} needs a value: --${flag.name} ${flag.value}`);
  }
  return next;
}

function switchValue(flag: Flag, inline: string | undefined): string {
  if (inline === undefined) return 'true';
  if (inline !== 'true' && inline !== 'false') throw new UsageError(`--${flag.name} takes no value, or true or false`);
  return inline;
}

function readEnvironment(
  command: CommandDefinition,
  env: Readonly<Record<string, string | undefined>>,
  values: Map<string, string[]>,
): void {
  for (const flag of command.flags) {
    const text = flag.variable === false ? undefined : env[variableOf(flag)];
    if (text === undefined || text === '' || values.has(flag.name)) continue;
    if (flag.repeatable === true) {
      for (const item of text.split(',')) append(values, flag.name, item.trim());
    } else if (flag.value !== undefined) {
      append(values, flag.name, text);
    } else {
      append(values, flag.name, switchVariable(flag, text));
    }
  }
}

function switchVariable(flag: Flag, text: string): string {
  if (/^(?:1|true|yes|on)$/i.test(text)) return 'true';
  if (/^(?:0|false|no|off)$/i.test(text)) return 'false';
  throw new UsageError(`${variableOf(flag)} must be true or false, not ${JSON.stringify(text)}`);
}

function append(values: Map<string, string[]>, name: string, value: string): void {
  const known = values.get(name);
  if (known === undefined) values.set(name, [value]);
  else known.push(value);
}
