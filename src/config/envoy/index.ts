export { checkEnvoy, checkEnvoyFiles } from './check-envoy.ts';
