/** Default values: those of the reference policy, then those of the SDK that it uses. */
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
