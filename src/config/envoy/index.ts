export { checkEnvoy } from './check-envoy.ts';
