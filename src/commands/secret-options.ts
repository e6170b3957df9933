import { SecretStore } from '../config/index.ts';
import { type ParsedCommandLine, UsageError } from './command-line.ts';
import { secretFlag } from './secret-flag.ts';

/** `isServing`: see SecretStore. Throws UsageError. */
export function readSecretOptions(line: ParsedCommandLine, isServing = false): SecretStore {
  const allowed = line.list(secretFlag.name);
  try {
    return new SecretStore(allowed.length === 0 ? undefined : allowed, undefined, isServing);
  } catch (error) {
    throw new UsageError(`--allow-secret: ${error instanceof Error ? error.message : error}`);
  }
}
