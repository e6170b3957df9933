import { errorRatio } from '../errors.ts';
import { promql, type Row } from '../panel.ts';

const ofApi = { match: { api: { variable: 'api' } }, by: ['api'] } as const;

/** Rate, errors and duration of requests, by API. */
export const requests: Row = {
  title: 'Requests by API',
  panels: [
    {
      title: 'Requests',
      of: ['sidecarTime'],
      unit: 'reqps',
      targets: [{ expr: promql.rate('sidecarTime', { ...ofApi, part: '_count' }), legend: '{{api}}' }],
    },
    {
      title: 'Share of requests that failed',
      of: ['failures'],
      unit: 'percentunit',
      targets: [{ expr: errorRatio(promql, ['api'], { api: { variable: 'api' } }), legend: '{{api}}' }],
    },
    {
      title: "The sidecar's own time",
      of: ['sidecarTime'],
      unit: 's',
      targets: [
        { expr: promql.quantile(0.5, 'sidecarTime', ofApi), legend: '{{api}} median' },
        { expr: promql.quantile(0.99, 'sidecarTime', ofApi), legend: '{{api}} 99th percentile' },
      ],
    },
    {
      title: 'Failures by kind',
      of: ['failures'],
      unit: 'reqps',
      targets: [
        {
          expr: promql.rate('failures', { match: { api: { variable: 'api' } }, by: ['api', 'kind'] }),
          legend: '{{api}} {{kind}}',
        },
      ],
    },
    {
      title: 'Answers of the sidecar',
      of: ['immediateResponses'],
      unit: 'reqps',
      targets: [
        {
          expr: promql.rate('immediateResponses', { match: { api: { variable: 'api' } }, by: ['api', 'reason'] }),
          legend: '{{api}} {{reason}}',
        },
      ],
    },
    {
      title: 'Ends of streams',
      of: ['streams', 'passThroughs'],
      unit: 'reqps',
      targets: [
        { expr: promql.rate('streams', { by: ['outcome'] }), legend: '{{outcome}}' },
        { expr: promql.rate('passThroughs', { by: ['reason'] }), legend: 'untouched: {{reason}}' },
      ],
    },
  ],
};
