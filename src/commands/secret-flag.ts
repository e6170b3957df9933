import type { Flag } from './command-line.ts';

/** In a separate file: `--help`, and the message about an older Node, must not load the configuration. */
export const secretFlag: Flag = {
  name: 'allow-secret',
  value: 'env:GLOB|file:DIR',
  repeatable: true,
  help: 'what #secrets may read; replaces the default env:LAMBDA_EXT_PROC_SECRET_* and file:/run/secrets/lambda-ext-proc',
};
