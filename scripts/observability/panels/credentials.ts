import { promql, type Row } from '../panel.ts';

const bySource = { by: ['source'] } as const;

export const credentials: Row = {
  title: 'Credentials',
  panels: [
    {
      title: 'Time until credentials expire',
      of: ['credentialsExpiry', 'credentialsPastExpiry'],
      unit: 's',
      targets: [
        { expr: `${promql.min('credentialsExpiry', bySource)} - time()`, legend: '{{source}}' },
        { expr: `${promql.max('credentialsPastExpiry', bySource)} == 1`, legend: '{{source}} used past expiry' },
      ],
    },
    {
      title: 'Valid credentials',
      of: ['credentialsValid'],
      unit: 'bool_yes_no',
      targets: [{ expr: promql.min('credentialsValid', bySource), legend: '{{source}}' }],
    },
    {
      title: 'Age of credentials',
      of: ['credentialsAge'],
      unit: 's',
      targets: [{ expr: promql.max('credentialsAge', bySource), legend: '{{source}}' }],
    },
    {
      title: 'Refreshes',
      of: ['credentialRefreshes'],
      unit: 'short',
      targets: [
        { expr: promql.increase('credentialRefreshes', { by: ['source', 'result'] }), legend: '{{source}} {{result}}' },
      ],
    },
  ],
};
