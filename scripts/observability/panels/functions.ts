import { promql, type Row } from '../panel.ts';

const match = { api: { variable: 'api' }, function: { variable: 'function' } } as const;
const ofFunction = { match, by: ['api', 'function'] } as const;
const failed = { ...match, outcome: ['error', 'function_error'] } as const;
const NAME = '{{api}} {{function}}';

const ownTime = promql.rate('sidecarTime', { part: '_sum' });
const requests = promql.rate('sidecarTime', { part: '_count' });

/** Rate, errors and duration of invocations, by function. */
export const functions: Row = {
  title: 'Invocations by function',
  panels: [
    {
      title: 'Invocations',
      of: ['invocations'],
      unit: 'ops',
      targets: [{ expr: promql.rate('invocations', ofFunction), legend: NAME }],
    },
    {
      title: 'Share of invocations that failed',
      of: ['invocations'],
      unit: 'percentunit',
      targets: [
        {
          expr: `${promql.rate('invocations', { match: failed, by: ['api', 'function'] })} / ${promql.rate('invocations', ofFunction)}`,
          legend: NAME,
        },
      ],
    },
    {
      title: 'Time of invocations',
      of: ['invocationTime'],
      unit: 's',
      targets: [
        { expr: promql.quantile(0.5, 'invocationTime', ofFunction), legend: `${NAME} median` },
        { expr: promql.quantile(0.99, 'invocationTime', ofFunction), legend: `${NAME} 99th percentile` },
      ],
    },
    {
      title: "Lambda's time and the sidecar's own, for each request",
      of: ['invocationTime', 'sidecarTime'],
      unit: 's',
      isStacked: true,
      targets: [
        { expr: `${promql.rate('invocationTime', { part: '_sum' })} / ${requests}`, legend: 'Lambda' },
        { expr: `${ownTime} / ${requests}`, legend: 'sidecar' },
      ],
    },
    {
      title: 'Failed invocations by kind',
      of: ['invocations'],
      unit: 'ops',
      targets: [
        {
          expr: promql.rate('invocations', { match: failed, by: ['api', 'function', 'kind'] }),
          legend: `${NAME} {{kind}}`,
        },
      ],
    },
    {
      title: 'Throttled, by limit',
      of: ['throttles'],
      unit: 'ops',
      targets: [{ expr: promql.rate('throttles', { by: ['limit'] }), legend: '{{limit}}' }],
    },
    {
      title: 'Attempts and retries',
      of: ['attempts', 'retries'],
      unit: 'ops',
      targets: [
        { expr: promql.rate('attempts', ofFunction), legend: `${NAME} attempts` },
        {
          expr: promql.rate('retries', { match, by: ['api', 'function', 'kind'] }),
          legend: `${NAME} again after {{kind}}`,
        },
      ],
    },
    {
      title: 'Invocations under way',
      of: ['invocationsInFlight'],
      unit: 'short',
      targets: [{ expr: promql.sum('invocationsInFlight', ofFunction), legend: NAME }],
    },
    {
      title: 'Refused without a call to AWS',
      of: ['refusedInvocations', 'circuits', 'circuitOpenings'],
      unit: 'short',
      targets: [
        {
          expr: promql.increase('refusedInvocations', { match, by: ['api', 'function', 'reason'] }),
          legend: `${NAME} {{reason}}`,
        },
        { expr: promql.sum('circuits', { by: ['function', 'state'] }), legend: '{{function}} circuits {{state}}' },
        { expr: promql.increase('circuitOpenings', { by: ['function'] }), legend: '{{function}} circuit opened' },
      ],
    },
  ],
};
