export { isErrorKey } from './compile/response-templates.ts';

export { checkEnvoy, checkEnvoyFiles } from './envoy/index.ts';
export { loadPoliciesInThread } from './load-in-thread.ts';
export { emptyPolicies, type LoadedPolicies, loadPolicies } from './load-policies.ts';
export {
  FilePolicySource,
  problemLines,
  type ReloadOutcome,
  readDocument,
} from './policy-source.ts';

export { formatProblem, PolicyDocumentError, type Problem } from './problem.ts';
export type { RightsDocument } from './schema/index.ts';
export { policiesJsonSchema } from './schema/json-schema.ts';
export { SecretStore } from './secrets/index.ts';
export { parseSource, SourceError } from './source/index.ts';
