export { checkEnvoy, checkEnvoyFiles, type EnvoyFile } from './check-envoy.ts';
