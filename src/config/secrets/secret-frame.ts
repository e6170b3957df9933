import { isAbsolute, resolve, sep } from 'node:path';
import { matchesGlob } from '../route-glob.ts';

/** What `#secrets` may read by default. */
export const DEFAULT_SECRETS = ['env:LAMBDA_EXT_PROC_SECRET_*', 'file:/run/secrets/lambda-ext-proc'] as const;

/** Variables and directories that the operator opens to `#secrets`; the document cannot widen it. */
export class SecretFrame {
  readonly directories: readonly string[];
  readonly #variables: readonly string[];

  /** Each `env:GLOB` or `file:DIR`. Throws an Error that shows the one that is neither. */
  constructor(allowed: readonly string[]) {
    const variables: string[] = [];
    const directories: string[] = [];
    for (const text of allowed) {
      const [, scheme, rest = ''] = /^(env|file):(.+)$/.exec(text) ?? [];
      if (scheme === 'env') variables.push(rest);
      else if (scheme === 'file' && isAbsolute(rest)) directories.push(resolve(rest));
      else throw new Error(`expected env:GLOB or file:/DIRECTORY, not ${JSON.stringify(text)}`);
    }
    this.#variables = variables;
    this.directories = directories;
  }

  allowsVariable(name: string): boolean {
    return this.#variables.some((glob) => matchesGlob(glob, name));
  }

  /** By the path as written; where it leads to is seen when it is read. */
  allowsPath(path: string): boolean {
    return this.directories.some((directory) => isInside(resolve(path), directory));
  }
}

export function isInside(path: string, directory: string): boolean {
  return path.startsWith(directory.endsWith(sep) ? directory : directory + sep);
}
