export { TrafficHistory } from './history.ts';
export type { CredentialTotals, Totals } from './totals.ts';
export { type PlotView, type Row, type TrafficView, trafficView } from './view.ts';
