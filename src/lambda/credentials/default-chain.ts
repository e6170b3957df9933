import { stat } from 'node:fs/promises';
import { ensureHome, sharedFiles } from '../environment.ts';
import type { ResolvedCredentials } from '../resolved-credentials.ts';
import { ChainReport } from './chain-report.ts';
import { isForeign, restated } from './restated-error.ts';
import { sdkRequests } from './sdk-requests.ts';
import { onOurClock } from './service-clock.ts';
import { recordInto } from './source-exchanges.ts';

/**
 * The SDK's own chain: environment, profile, SSO, web identity (IRSA), Pod Identity, ECS, IMDS. Asked afresh each
 * time, since it would otherwise keep what it found first. Rejects with an error that names each source; whoever does
 * not wait that long can read `progress`.
 */
export async function loadDefaultChain(progress: ChainProgress = {}): Promise<ResolvedCredentials> {
  const { defaultProvider } = await import('@aws-sdk/credential-provider-node');
  ensureHome();
  const report = new ChainReport();
  progress.words = () => report.progress();
  const requestHandler = sdkRequests();
  const chain = defaultProvider({
    ignoreCache: true,
    logger: report.logger,
    clientConfig: { requestHandler },
    // Web identity of a profile does not accept clientConfig.
    parentClientConfig: { requestHandler },
  });
  try {
    const found: ChainCredentials = await recordInto(report.exchanges, chain);
    const { accessKeyId, secretAccessKey, sessionToken, accountId } = found;
    const last = report.exchanges.findLast(({ status = 0 }) => status >= 200 && status < 300);
    const expiration = (found.originalExpiration ?? found.expiration)?.getTime();
    return {
      accessKeyId,
      secretAccessKey,
      sessionToken,
      expiration: onOurClock(expiration, last?.clock),
      account: accountId,
      outlivesSource: last?.kind === 'metadata',
    };
  } catch (error) {
    throw withReport(error, report);
  }
}

/** Readable while the chain works: what its sources have answered so far. */
export interface ChainProgress {
  words?: () => string;
}

/** Fields that the SDK returns but its types lack. */
interface ChainCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  readonly expiration?: Date | undefined;
  /** Where IMDS gave expired ones, the SDK puts a later time into `expiration`. */
  readonly originalExpiration?: Date | undefined;
  readonly accountId?: string | undefined;
}

/** Changes when the files of the profiles do. Never rejects. */
export async function profileStamp(): Promise<string> {
  const { credentials, config } = sharedFiles(process.env);
  const stamps = [credentials, config].map(async (file) => {
    try {
      const { ino, size, mtimeMs } = await stat(file);
      return `${ino} ${size} ${mtimeMs}`;
    } catch {
      return 'absent';
    }
  });
  return (await Promise.all(stamps)).join(', ');
}

function withReport(error: unknown, report: ChainReport): Error {
  const text = report.text();
  if (!(error instanceof Error)) return new Error(text === '' ? String(error) : text);
  if (/^(?:Credentials|Token)?ProviderError$/.test(error.name)) return new Error(text === '' ? error.message : text);
  // A service or the system refused: its error says more than the chain's, and keeps its name and status.
  const first = isForeign(error) ? 'the answer does not come from AWS' : (error.message.split('\n', 1)[0] ?? '');
  return restated(error, text === '' ? first : `${first} (${report.link ?? 'tried'}; in order: ${text})`);
}
