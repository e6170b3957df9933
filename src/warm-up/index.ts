export { warmUp, warmUpPolicies } from './warm-up.ts';
