import type { Flag } from './command-line.ts';

/** In a file of its own: `--help`, and the words about an older Node, must load no configuration. */
export const secretFlag: Flag = {
  name: 'allow-secret',
  value: 'env:GLOB|file:DIR',
  repeatable: true,
  help: 'what #secrets may read; replaces the default env:LAMBDA_EXT_PROC_SECRET_* and file:/run/secrets/lambda-ext-proc',
};
