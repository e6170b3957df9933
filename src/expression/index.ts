export type * from './context.ts';
export { ExpressionError } from './expression-error.ts';
export type { CompiledTemplate, CompileOptions, TemplateNeeds } from './template.ts';
// export { compileTemplate } from './compile.ts';
