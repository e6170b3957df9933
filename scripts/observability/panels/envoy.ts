import { promql, type Row } from '../panel.ts';

/** What Envoy sends, and what it does not. */
export const envoy: Row = {
  title: 'Envoy and limits',
  panels: [
    {
      title: 'Work refused by limit',
      of: ['limits'],
      unit: 'ops',
      targets: [{ expr: promql.rate('limits', { by: ['limit'] }), legend: '{{limit}}' }],
    },
    {
      title: 'Bodies that Envoy did not send',
      of: ['bodiesUnavailable', 'unattributedResponses', 'droppedEvents'],
      unit: 'ops',
      targets: [
        { expr: promql.rate('bodiesUnavailable', { by: ['api'] }), legend: '{{api}} body' },
        { expr: promql.rate('unattributedResponses', { by: ['request'] }), legend: 'response, request {{request}}' },
        { expr: promql.rate('droppedEvents', { by: ['phase'] }), legend: 'observed {{phase}} dropped' },
      ],
    },
    {
      title: 'Protocol violations and refused connections',
      of: ['violations', 'refusedStreams', 'refusedConnections'],
      unit: 'ops',
      targets: [
        { expr: promql.rate('violations', { by: ['kind'] }), legend: '{{kind}}' },
        { expr: promql.rate('refusedStreams', { by: ['reason'] }), legend: 'stream: {{reason}}' },
        { expr: promql.rate('refusedConnections', { by: ['reason'] }), legend: 'connection: {{reason}}' },
      ],
    },
    {
      title: 'Open streams',
      of: ['streamsInFlight'],
      unit: 'short',
      targets: [{ expr: promql.sum('streamsInFlight', { by: ['instance'] }), legend: '{{instance}}' }],
    },
    {
      title: 'Bytes that requests hold',
      of: ['bufferedBytes'],
      unit: 'bytes',
      targets: [{ expr: promql.sum('bufferedBytes', { by: ['instance'] }), legend: '{{instance}}' }],
    },
    {
      title: 'Messages from Envoy',
      of: ['messages'],
      unit: 'ops',
      isStacked: true,
      targets: [{ expr: promql.rate('messages', { by: ['phase'] }), legend: '{{phase}}' }],
    },
  ],
};
