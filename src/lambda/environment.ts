import { homedir } from 'node:os';
import { join } from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The home directory as the SDK looks for it. For a user that has none (an unknown uid without HOME) the SDK's lookup throws
 * and takes every source of credentials with it; container runtimes set HOME to / then.
 */
export function homeDirectory({ HOME, USERPROFILE, HOMEPATH, HOMEDRIVE = 'C:/' }: Environment): string {
  if (HOME) return HOME;
  if (USERPROFILE) return USERPROFILE;
  if (HOMEPATH) return `${HOMEDRIVE}${HOMEPATH}`;
  try {
    return homedir();
  } catch {
    return '/';
  }
}

/** Makes sure that the SDK finds a home directory too. */
export function ensureHome(): void {
  const { HOME, USERPROFILE, HOMEPATH } = process.env;
  if (!HOME && !USERPROFILE && !HOMEPATH) process.env.HOME = homeDirectory({});
}

/** The files of the profiles, where the SDK reads them. */
export function sharedFiles(environment: Environment): { readonly credentials: string; readonly config: string } {
  const home = homeDirectory(environment);
  const place = (named: string | undefined, usual: string): string => {
    if (!named) return join(home, '.aws', usual);
    return named.startsWith('~/') ? join(home, named.slice(2)) : named;
  };
  return {
    credentials: place(environment.AWS_SHARED_CREDENTIALS_FILE, 'credentials'),
    config: place(environment.AWS_CONFIG_FILE, 'config'),
  };
}
