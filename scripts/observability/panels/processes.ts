import { promql, type Row } from '../panel.ts';

const byInstance = { by: ['instance'] } as const;

export const processes: Row = {
  title: 'Workers and processes',
  panels: [
    {
      title: 'Workers',
      of: ['workersReady', 'workersWanted'],
      unit: 'short',
      targets: [
        { expr: promql.sum('workersReady', byInstance), legend: '{{instance}} ready' },
        { expr: promql.sum('workersWanted', byInstance), legend: '{{instance}} wanted' },
      ],
    },
    {
      title: 'Restarts and unexpected errors',
      of: ['workerRestarts', 'unexpectedErrors', 'droppedLogLines'],
      unit: 'short',
      targets: [
        { expr: promql.increase('workerRestarts', byInstance), legend: '{{instance}} restarts' },
        {
          expr: promql.increase('unexpectedErrors', { by: ['instance', 'kind'] }),
          legend: '{{instance}} unexpected {{kind}}',
        },
        { expr: promql.increase('droppedLogLines', byInstance), legend: '{{instance}} log lines dropped' },
      ],
    },
    {
      title: 'Event loop lag',
      of: ['eventLoopLag'],
      unit: 's',
      targets: [
        { expr: promql.max('eventLoopLag', { by: ['instance', 'statistic'] }), legend: '{{instance}} {{statistic}}' },
      ],
    },
    {
      title: 'CPU',
      of: ['cpu'],
      unit: 'short',
      targets: [{ expr: promql.rate('cpu', byInstance), legend: '{{instance}} cores' }],
    },
    {
      title: 'Memory',
      of: ['residentMemory', 'heapUsed', 'externalMemory'],
      unit: 'bytes',
      targets: [
        { expr: promql.sum('residentMemory', byInstance), legend: '{{instance}} resident' },
        { expr: promql.sum('heapUsed', byInstance), legend: '{{instance}} heap' },
        { expr: promql.sum('externalMemory', byInstance), legend: '{{instance}} buffers' },
      ],
    },
    {
      title: 'Open files',
      of: ['openFiles'],
      unit: 'short',
      targets: [{ expr: promql.sum('openFiles', byInstance), legend: '{{instance}}' }],
    },
    {
      title: 'Spans of traces',
      of: ['traceSpans', 'limitedTraces'],
      unit: 'ops',
      targets: [
        { expr: promql.rate('traceSpans', { by: ['outcome'] }), legend: '{{outcome}}' },
        { expr: promql.rate('limitedTraces'), legend: 'traces over the limit' },
      ],
    },
    {
      title: 'Version',
      of: ['buildInfo'],
      unit: 'short',
      isStat: true,
      width: 8,
      targets: [
        { expr: `count by (version, node) (${promql.select('buildInfo')})`, legend: '{{version}} on Node {{node}}' },
      ],
    },
    {
      title: 'Running since',
      of: ['startTime'],
      unit: 'dateTimeFromNow',
      isStat: true,
      width: 8,
      targets: [{ expr: `${promql.min('startTime', byInstance)} * 1000`, legend: '{{instance}}' }],
    },
  ],
};
