export type { CompileTemplate } from './compile/template-compiler.ts';
export { emptyPolicies, type LoadedPolicies, loadPolicies } from './load-policies.ts';
export { formatProblem, PolicyDocumentError, type Problem } from './problem.ts';
