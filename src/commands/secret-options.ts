import { SecretStore } from '../config/index.ts';
import { type Flag, type ParsedCommandLine, UsageError } from './command-line.ts';

export const secretFlag: Flag = {
  name: 'allow-secret',
  value: 'env:GLOB|file:DIR',
  repeatable: true,
  help: 'what #secrets may read, instead of env:LAMBDA_EXT_PROC_SECRET_* and file:/run/secrets/lambda-ext-proc',
};

/** Throws UsageError. */
export function readSecretOptions(line: ParsedCommandLine): SecretStore {
  const allowed = line.list(secretFlag.name);
  try {
    return allowed.length === 0 ? new SecretStore() : new SecretStore(allowed);
  } catch (error) {
    throw new UsageError(`--allow-secret: ${error instanceof Error ? error.message : error}`);
  }
}
