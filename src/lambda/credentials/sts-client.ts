import type { STSClient } from '@aws-sdk/client-sts';
import { ensureHome } from '../environment.ts';
import type { ResolvedCredentials } from '../resolved-credentials.ts';
import { sdkRequests } from './sdk-requests.ts';

/** Calls STS with these keys; the SDK's part for it is loaded with the first call. Rejects with the SDK's error. */
export async function withSts<T>(
  { accessKeyId, secretAccessKey, sessionToken }: ResolvedCredentials,
  region: string,
  call: (client: STSClient) => Promise<T>,
): Promise<T> {
  const { STSClient } = await import('@aws-sdk/client-sts');
  ensureHome();
  const client = new STSClient({
    region,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
    maxAttempts: 2,
    requestHandler: sdkRequests(),
  });
  try {
    return await call(client);
  } finally {
    client.destroy();
  }
}
