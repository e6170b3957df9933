export { compileTemplate } from './compile.ts';
export type * from './context.ts';
export { releaseParsed } from './evaluator/transaction-state.ts';
export { ExpressionError } from './expression-error.ts';
export { type Secret, type SecretRefusal, SecretRefused, type SecretSource } from './secrets.ts';
export { fromTagged } from './tagged-data.ts';
export type { CompiledTemplate, CompileOptions, TemplateDoubt, TemplateNeeds } from './template.ts';
