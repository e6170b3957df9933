import type { RightsDocument } from '../config/index.ts';
import { type Flag, type ParsedCommandLine, UsageError } from './command-line.ts';

const LISTS = ['functions', 'regions', 'endpoints', 'roles'] as const;

const HELP = {
  functions: 'switches inline policies on where there is no file: functions that they may call',
  regions: 'and regions; absent: us-east-1',
  endpoints: 'and endpoints with keys of their own; absent: none',
  roles: 'and roles; absent: none',
} as const;

/** `inline` of policies.yaml, for who has no such file. */
export const inlineFlags: readonly Flag[] = LISTS.map((list) => ({
  name: `inline-${list}`,
  value: 'GLOB',
  repeatable: true,
  help: HELP[list],
}));

/** Undefined where none of the flags is given. Throws UsageError beside a file, which has its own `inline`. */
export function readInlineOptions(
  line: ParsedCommandLine,
  hasFile = line.text('config') !== undefined,
): RightsDocument | undefined {
  const given = LISTS.map((list) => [list, globsOf(line.list(`inline-${list}`))] as const);
  const set = given.filter(([, globs]) => globs.length > 0);
  const [first] = set;
  if (first === undefined) return undefined;
  if (hasFile) {
    throw new UsageError(`--inline-${first[0]} is for a server without a file: write \`inline\` in policies.yaml`);
  }
  return Object.fromEntries(set);
}

/** Separated by commas in the variables, and on the command line too. */
function globsOf(values: readonly string[]): readonly string[] {
  return values.flatMap((value) => value.split(',')).flatMap((glob) => glob.trim() || []);
}
