import { parseArgs } from 'node:util';
import { type BenchCase, benchCases } from './cases.ts';

export interface BenchArguments {
  readonly quick: boolean;
  readonly gracefulClose: boolean;
  /** A git revision. */
  readonly compare?: string;
  /** Undefined: all cases, or those with `compared` for a comparison. */
  readonly cases?: readonly BenchCase[];
  /** Measures only where CPU time is spent. */
  readonly profile: boolean;
  /** Writes docs/performance.md and its chart. */
  readonly write: boolean;
}

export class ArgumentError extends Error {}

export const usage = `npm run bench [-- FLAGS]
  --quick                  3 minutes in all: fewer rounds, and fewer cases
  --graceful-close on|off  Envoy's ext_proc_graceful_grpc_close (on)
  --cases NAME,...         of ${benchCases.map(({ name }) => name).join(', ')}
  --compare REV            this checkout against another revision of it, nothing else
  --profile                where the CPU of one request goes, by Linux's perf; with --compare also of the other revision
  --write                  writes docs/performance.md and docs/performance.svg`;

/** Throws ArgumentError, whose message names the valid arguments. */
export function readArguments(args: readonly string[]): BenchArguments {
  const { values } = parse(args);
  const graceful = values['graceful-close'];
  if (graceful !== 'on' && graceful !== 'off')
    throw new ArgumentError(`--graceful-close is on or off, not ${graceful}`);
  if (values.write && values.compare !== undefined) {
    throw new ArgumentError('--write is for a whole run, not for --compare');
  }
  if (values.write && values.profile) throw new ArgumentError('--write is for a whole run, not for --profile');
  if (values.compare === '') throw new ArgumentError('--compare needs a revision, as HEAD~1 or main');
  return {
    quick: values.quick,
    gracefulClose: graceful === 'on',
    profile: values.profile,
    write: values.write,
    ...(values.compare === undefined ? {} : { compare: values.compare }),
    ...(values.cases === undefined ? {} : { cases: values.cases.split(',').map(findCase) }),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        quick: { type: 'boolean', default: false },
        'graceful-close': { type: 'string', default: 'on' },
        cases: { type: 'string' },
        compare: { type: 'string' },
        profile: { type: 'boolean', default: false },
        write: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new ArgumentError(error instanceof Error ? error.message : String(error));
  }
}

function findCase(name: string): BenchCase {
  const found = benchCases.find((candidate) => candidate.name === name);
  if (found !== undefined) return found;
  throw new ArgumentError(`--cases: no case ${name}; there are ${benchCases.map((one) => one.name).join(', ')}`);
}
