export type * from './envoy/envoy-setup.ts';
export type * from './http-message.ts';
export type * from './recorded-run.ts';
export { traitsOf } from './request-attributes.ts';
export { requestScope } from './request-scope.ts';
export type * from './run-trial.ts';
export { runTrial } from './run-trial.ts';
export { StandInSecrets } from './stand-in-secrets.ts';
