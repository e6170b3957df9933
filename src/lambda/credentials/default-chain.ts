import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { ResolvedCredentials } from '../resolved-credentials.ts';
import { sdkRequests } from './sdk-requests.ts';

const maxReason = 1_000;
/** What the SDK says of every link of the chain that has nothing to give. */
const reasonSyntax = /^\S+ (?:->|\(!\)) (.+)/s;

/**
 * The SDK's own chain: environment, profile, SSO, web identity (IRSA), Pod Identity, ECS, IMDS. Asked afresh each
 * time, since it would otherwise keep what it found first. Rejects with the SDK's error.
 */
export async function loadDefaultChain(): Promise<ResolvedCredentials> {
  const { defaultProvider } = await import('@aws-sdk/credential-provider-node');
  const reasons = new Set<string>();
  const note = (...words: readonly unknown[]): void => {
    const reason = reasonSyntax.exec(words.join(' '))?.[1];
    if (reason !== undefined && !reason.startsWith('Skipping SSO')) reasons.add(withoutCommand(reason));
  };
  // Nothing goes to the console: what the links say is part of the error.
  const logger = { trace: note, debug: note, info: note, warn: note, error: note };
  const chain = defaultProvider({ ignoreCache: true, logger, clientConfig: { requestHandler: sdkRequests() } });
  try {
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = await chain();
    return { accessKeyId, secretAccessKey, sessionToken, expiration: expiration?.getTime() };
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'CredentialsProviderError') throw error;
    if (reasons.size === 0) reasons.add(withoutCommand(error.message));
    throw new Error([...reasons].join(' ').slice(0, maxReason));
  }
}

/** Changes when the files of the profiles do. */
export async function profileStamp(): Promise<string> {
  const { AWS_SHARED_CREDENTIALS_FILE, AWS_CONFIG_FILE } = process.env;
  const files = [
    AWS_SHARED_CREDENTIALS_FILE ?? join(homedir(), '.aws', 'credentials'),
    AWS_CONFIG_FILE ?? join(homedir(), '.aws', 'config'),
  ];
  const stamps = files.map(async (file) => {
    try {
      const { ino, size, mtimeMs } = await stat(file);
      return `${ino} ${size} ${mtimeMs}`;
    } catch {
      return 'absent';
    }
  });
  return (await Promise.all(stamps)).join(', ');
}

/** The command of a credential_process, and what it wrote, may hold secrets. */
function withoutCommand(reason: string): string {
  return reason.startsWith('Command failed') ? 'credential_process failed.' : reason.replace(/\.?$/, '.');
}
