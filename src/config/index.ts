export { parseOrReport, readChecked } from './checked-document.ts';
export type { Reporter } from './compile/reporter.ts';
export { isErrorKey } from './compile/response-templates.ts';

export type { ApiDescription, StepDescription } from './describe.ts';
export type { Change, DocumentChanges } from './document-changes.ts';
export { checkEnvoy, checkEnvoyFiles, type EnvoyFile } from './envoy/index.ts';
export { type IamOptions, type IamPolicy, type IamReport, iamReport, type ReportedStep } from './iam/index.ts';
export { loadPoliciesInThread } from './load-in-thread.ts';
export { emptyPolicies, type LoadedPolicies, loadPolicies } from './load-policies.ts';
export { FilePolicySource, problemLines, type ReloadOutcome } from './policy-source.ts';

export type { PolicyStatus } from './policy-status.ts';
export {
  apiOfProblem,
  type DocumentPath,
  formatPath,
  formatProblem,
  loggedProblem,
  PolicyDocumentError,
  type Position,
  type Problem,
} from './problem.ts';
export { decodeDocument, readDocument, UnreadableDocument } from './read-document.ts';
export { field, integer } from './schema/field.ts';
export type { RightsDocument } from './schema/index.ts';
export { jsonSchemaOf, policiesJsonSchema } from './schema/json-schema.ts';
export { SecretStore } from './secrets/index.ts';
export { parseSource, type Source, SourceError } from './source/index.ts';
