/** What holds where a configuration says nothing: the reference policy's values, then those of the SDK that it uses. */
export const invocationDefaults = {
  region: 'us-east-1',
  roleSessionName: 'gravitee',
  invocationType: 'RequestResponse',
  logType: 'None',
  connectionTimeoutMs: 2_000,
  readTimeoutMs: 30_000,
  maxAttempts: 4,
  idempotent: false,
} as const;
