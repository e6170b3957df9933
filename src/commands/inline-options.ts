import type { RightsDocument } from '../config/index.ts';
import { type Flag, type ParsedCommandLine, UsageError } from './command-line.ts';

const LISTS = ['functions', 'regions', 'endpoints', 'roles'] as const;

const HELP = {
  functions:
    'without a file: functions that inline policies may call; without any of the --inline-… flags they are refused',
  regions: 'without a file: regions that inline policies may call; absent: us-east-1',
  endpoints: 'without a file: endpoints that inline policies may call with their own keys; absent: none',
  roles: 'without a file: roles that inline policies may assume; absent: none',
} as const;

/** `inline` of policies.yaml, for callers that have no such file. */
export const inlineFlags: readonly Flag[] = LISTS.map((list) => ({
  name: `inline-${list}`,
  value: 'GLOB',
  repeatable: true,
  help: HELP[list],
}));

/** Undefined if none of the flags is given. Throws UsageError beside a file, which has its own `inline`. */
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
