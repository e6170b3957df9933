import { promql, type Row } from '../panel.ts';

export const cache: Row = {
  title: 'Cache',
  panels: [
    {
      title: 'Requests of steps with a cache',
      of: ['cacheLookups'],
      unit: 'reqps',
      isStacked: true,
      targets: [{ expr: promql.rate('cacheLookups', { by: ['result'] }), legend: '{{result}}' }],
    },
    {
      title: 'Share answered without a call',
      of: ['cacheLookups'],
      unit: 'percentunit',
      targets: [
        {
          expr: `${promql.rate('cacheLookups', { match: { result: ['hit', 'shared'] } })} / ${promql.rate('cacheLookups')}`,
          legend: 'hits',
        },
      ],
    },
    {
      title: 'Results that went',
      of: ['cacheEvictions'],
      unit: 'ops',
      targets: [{ expr: promql.rate('cacheEvictions', { by: ['reason'] }), legend: '{{reason}}' }],
    },
    {
      title: 'Kept results',
      of: ['cacheEntries'],
      unit: 'short',
      targets: [{ expr: promql.sum('cacheEntries', { by: ['instance'] }), legend: '{{instance}}' }],
    },
    {
      title: 'Bytes of kept results',
      of: ['cacheBytes'],
      unit: 'bytes',
      targets: [{ expr: promql.sum('cacheBytes', { by: ['instance'] }), legend: '{{instance}}' }],
    },
    {
      title: 'Result store',
      of: ['storeRequests', 'storeConnected'],
      unit: 'ops',
      targets: [
        { expr: promql.rate('storeRequests', { by: ['operation', 'result'] }), legend: '{{operation}} {{result}}' },
        { expr: promql.sum('storeConnected', { by: ['instance'] }), legend: '{{instance}} workers connected' },
      ],
    },
  ],
};
