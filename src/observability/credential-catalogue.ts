import type { MetricDefinition } from './metric-definition.ts';

/** Metrics of AWS credentials. */
export const credentialMetricCatalogue = {
  credentialRefreshes: {
    name: 'lambda_ext_proc_credential_refreshes_total',
    type: 'counter',
    help: 'Requests for AWS credentials, by source and result.',
    labels: { source: null, result: ['ok', 'failed'] },
  },
  credentialsAge: {
    name: 'lambda_ext_proc_credentials_age_seconds',
    type: 'gauge',
    help: 'Age of the AWS credentials in use, by source; the oldest of all workers.',
    labels: { source: null },
    aggregator: 'max',
  },
  credentialsExpiry: {
    name: 'lambda_ext_proc_credentials_expiry_timestamp_seconds',
    type: 'gauge',
    help: 'When the AWS credentials in use expire, in seconds since the epoch, by source; the soonest of all workers.',
    labels: { source: null },
    aggregator: 'min',
  },
  credentialsValid: {
    name: 'lambda_ext_proc_credentials_valid',
    type: 'gauge',
    help: 'Whether there are valid AWS credentials, by source: 1, or 0; the worst of all workers.',
    labels: { source: null },
    aggregator: 'min',
  },
  credentialsPastExpiry: {
    name: 'lambda_ext_proc_credentials_past_expiry',
    type: 'gauge',
    help: 'Whether AWS credentials are used past their expiry, by source: 1, or 0; the worst of all workers.',
    labels: { source: null },
    aggregator: 'max',
  },
} as const satisfies Record<string, MetricDefinition>;
