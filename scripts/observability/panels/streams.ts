import { promql, type Row } from '../panel.ts';

export const streams: Row = {
  title: 'Streamed answers',
  panels: [
    {
      title: 'Open answers',
      of: ['responseStreams'],
      unit: 'short',
      targets: [{ expr: promql.sum('responseStreams', { by: ['instance'] }), legend: '{{instance}}' }],
    },
    {
      title: 'Time to the first byte',
      of: ['responseStreamFirstByte'],
      unit: 's',
      targets: [
        { expr: promql.quantile(0.5, 'responseStreamFirstByte'), legend: 'median' },
        { expr: promql.quantile(0.99, 'responseStreamFirstByte'), legend: '99th percentile' },
      ],
    },
    {
      title: 'Bytes to callers',
      of: ['responseStreamBytes'],
      unit: 'Bps',
      targets: [{ expr: promql.rate('responseStreamBytes', { by: ['instance'] }), legend: '{{instance}}' }],
    },
    {
      title: 'Answers that were cut',
      of: ['responseStreamCuts'],
      unit: 'ops',
      targets: [{ expr: promql.rate('responseStreamCuts', { by: ['reason'] }), legend: '{{reason}}' }],
    },
    {
      title: 'Answers that were collected instead',
      of: ['collectedAnswers'],
      unit: 'ops',
      targets: [{ expr: promql.rate('collectedAnswers', { by: ['reason'] }), legend: '{{reason}}' }],
    },
  ],
};
