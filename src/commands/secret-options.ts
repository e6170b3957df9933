import { SecretStore } from '../config/index.ts';
import { type Flag, type ParsedCommandLine, UsageError } from './command-line.ts';

export const secretFlag: Flag = {
  name: 'allow-secret',
  value: 'env:GLOB|file:DIR',
  repeatable: true,
  help: 'what #secrets may read, instead of env:LAMBDA_EXT_PROC_SECRET_* and file:/run/secrets/lambda-ext-proc',
};

/** `isServing`: see SecretStore. Throws UsageError. */
export function readSecretOptions(line: ParsedCommandLine, isServing = false): SecretStore {
  const allowed = line.list(secretFlag.name);
  try {
    return new SecretStore(allowed.length === 0 ? undefined : allowed, undefined, isServing);
  } catch (error) {
    throw new UsageError(`--allow-secret: ${error instanceof Error ? error.message : error}`);
  }
}
