import { closest } from '../../closest.ts';
import { type Flag, UsageError } from '../command-line.ts';
import { type CurlEffect, curlNames, curlOption } from './curl-options.ts';

/** One of curl's options, as it was given. */
export interface GivenOption {
  readonly effect: CurlEffect;
  readonly value: string;
}

export interface SplitArguments {
  /** The command's own flags with their values, for `parseCommandLine`. */
  readonly own: readonly string[];
  readonly curl: readonly GivenOption[];
  /** URLs or a file; a `curl` before everything is left out, so that a whole line can be pasted. */
  readonly targets: readonly string[];
}

/** Tells the command's own flags from curl's. Throws UsageError. */
export function splitArguments(args: readonly string[], flags: readonly Flag[]): SplitArguments {
  const own: string[] = [];
  const curl: GivenOption[] = [];
  const targets: string[] = [];
  const rest = [...args];
  const take = (name: string): string => {
    const value = rest.shift();
    if (value === undefined) throw new UsageError(`${name} needs a value`);
    return value;
  };
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    const name = arg.startsWith('--') ? (arg.split('=', 1)[0] ?? arg) : arg;
    const flag = flags.find((each) => `--${each.name}` === name);
    if (arg === '--') targets.push(...rest.splice(0));
    else if (flag !== undefined) {
      own.push(arg);
      if (flag.value !== undefined && name === arg && rest.length > 0) own.push(take(name));
    } else if (arg.startsWith('--')) curl.push(longOption(arg, flags, take));
    else if (/^-[^-]/.test(arg)) curl.push(...shortOptions(arg, take));
    else if (arg !== 'curl' || targets.length > 0 || curl.length > 0) targets.push(arg);
  }
  return { own, curl, targets };
}

/** curl takes no `--name=value`: its value is the next argument. */
function longOption(arg: string, flags: readonly Flag[], take: (name: string) => string): GivenOption {
  const option = curlOption(arg);
  if (option === undefined) throw unknown(arg, flags);
  if (option.effect === 'refused') throw notRead(arg);
  return { effect: option.effect, value: option.takesValue ? take(arg) : '' };
}

/** `-sXPOST` is `-s -X POST`. */
function shortOptions(arg: string, take: (name: string) => string): readonly GivenOption[] {
  const given: GivenOption[] = [];
  for (let i = 1; i < arg.length; i++) {
    const name = `-${arg[i]}`;
    const option = curlOption(name);
    if (option === undefined) throw unknown(name, []);
    if (option.effect === 'refused') throw notRead(name);
    if (!option.takesValue) given.push({ effect: option.effect, value: '' });
    else {
      const attached = arg.slice(i + 1);
      given.push({ effect: option.effect, value: attached === '' ? take(name) : attached });
      break;
    }
  }
  return given;
}

function unknown(name: string, flags: readonly Flag[]): UsageError {
  const bare = name.replace(/^-+/, '').split('=', 1)[0] ?? '';
  const meant = name.startsWith('--') ? closest(bare, [...flags.map((flag) => flag.name), ...curlNames]) : undefined;
  // `--data=x`: curl has no such form.
  const hint =
    meant === bare
      ? `write it as curl does, --${bare} VALUE`
      : meant === undefined
        ? 'see lambda-ext-proc try --help'
        : `did you mean --${meant}?`;
  return new UsageError(`unknown flag ${name} for try; ${hint}`);
}

function notRead(name: string): UsageError {
  return new UsageError(`try does not support ${name} of curl: describe the request in a file instead`);
}
