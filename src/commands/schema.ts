import { policiesJsonSchema } from '../config/index.ts';
import { policyTestsJsonSchema } from '../policy-tests/index.ts';
import { parseCommandLine, UsageError } from './command-line.ts';
import { schemaDefinition } from './definitions.ts';
import type { CommandIo } from './io.ts';
import { version } from './version.ts';

/** As the files of schema/ in the package, which a test compares. */
export const SCHEMAS = {
  policies: { file: 'policies.schema.json', make: policiesJsonSchema },
  test: { file: 'policy-tests.schema.json', make: policyTestsJsonSchema },
} as const;

/** Prints the JSON Schema of policies.yaml, or of files of tests. */
export async function schemaCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const [name = 'policies'] = parseCommandLine(schemaDefinition, args, io.env).positionals;
  if (name !== 'policies' && name !== 'test') {
    throw new UsageError(`which schema? policies or test, not ${JSON.stringify(name.slice(0, 64))}`);
  }
  io.stdout.write(schemaText(name));
  return 0;
}

export function schemaText(name: keyof typeof SCHEMAS): string {
  return `${JSON.stringify(SCHEMAS[name].make(version()), null, 2)}\n`;
}
