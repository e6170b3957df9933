import { realpath } from 'node:fs/promises';

/** Directories of Kubernetes and of EKS in which a pod's own tokens are, by whatever path they are mounted. */
const TOKEN_DIRECTORY = /\/serviceaccount(?:\/|$)/;
/** The AWS SDK reads its own tokens from the files that these name. */
const TOKEN_VARIABLES = ['AWS_WEB_IDENTITY_TOKEN_FILE', 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'] as const;

/** Paths that no `--allow-secret` opens: the token is the identity of the pod, whose rights do not belong to the document. */
export function isTokenPath(path: string): boolean {
  return TOKEN_DIRECTORY.test(path) || TOKEN_VARIABLES.some((name) => process.env[name] === path);
}

/** Whether one of the AWS SDK's own files is there, by whatever links its variable names it. */
export async function leadsToTokens(real: string): Promise<boolean> {
  const named = TOKEN_VARIABLES.flatMap((name) => process.env[name] || []);
  const files = await Promise.all(named.map((path) => realpath(path).catch(() => undefined)));
  return files.includes(real);
}

/** A token of a service account, wherever it was copied or mounted, alone or within a text: a JWT that says so. */
export function hasServiceToken(text: string): boolean {
  // In linear time: a word has no other way to be split.
  return text.split(/[^\w.-]+/).some(isServiceToken);
}

function isServiceToken(word: string): boolean {
  const [, claims, ...others] = word.split('.');
  if (claims === undefined || others.length !== 1) return false;
  try {
    const found: unknown = JSON.parse(Buffer.from(claims, 'base64url').toString());
    if (typeof found !== 'object' || found === null) return false;
    const isSubject = 'sub' in found && String(found.sub).startsWith('system:serviceaccount:');
    return isSubject || 'kubernetes.io' in found;
  } catch {
    return false;
  }
}
