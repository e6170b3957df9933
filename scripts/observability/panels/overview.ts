import { errorRatio } from '../errors.ts';
import { promql, type Row } from '../panel.ts';

/** What to look at first. */
export const overview: Row = {
  title: 'At a glance',
  panels: [
    {
      title: 'All requests',
      of: ['sidecarTime'],
      unit: 'reqps',
      isStat: true,
      targets: [{ expr: promql.rate('sidecarTime', { part: '_count' }), legend: 'requests' }],
    },
    {
      title: 'Share of all requests that failed',
      of: ['failures'],
      unit: 'percentunit',
      isStat: true,
      badFrom: 0.001,
      targets: [{ expr: errorRatio(promql, []), legend: 'failures' }],
    },
    {
      title: 'Lambda, 99th percentile',
      of: ['invocationTime'],
      unit: 's',
      isStat: true,
      targets: [{ expr: promql.quantile(0.99, 'invocationTime'), legend: 'Lambda' }],
    },
    {
      title: 'Sidecar, 99th percentile',
      of: ['sidecarTime'],
      unit: 's',
      isStat: true,
      targets: [{ expr: promql.quantile(0.99, 'sidecarTime'), legend: 'sidecar' }],
    },
    {
      title: 'Policies valid',
      of: ['policiesValid'],
      unit: 'bool_yes_no',
      isStat: true,
      badFrom: 1,
      isBadBelow: true,
      targets: [{ expr: promql.min('policiesValid'), legend: 'valid' }],
    },
    {
      title: 'Credentials valid',
      of: ['credentialsValid'],
      unit: 'bool_yes_no',
      isStat: true,
      badFrom: 1,
      isBadBelow: true,
      targets: [{ expr: promql.min('credentialsValid'), legend: 'valid' }],
    },
  ],
};
