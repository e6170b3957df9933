export { compileTemplate } from './compile.ts';
export type * from './context.ts';
export { releaseParsed } from './evaluator/transaction-state.ts';
export { ExpressionError } from './expression-error.ts';
export { compileJson, type JsonPiece } from './json-template.ts';
export { type LiteralText, literalTexts } from './parser/template-parts.ts';
export { type Secret, type SecretAbsence, type SecretRefusal, SecretRefused, type SecretSource } from './secrets.ts';
export { fromTagged } from './tagged-data.ts';
export type {
  BodyTemplate,
  CompiledTemplate,
  CompileOptions,
  TemplateDoubt,
  TemplateNeeds,
  TemplateOrigin,
  UnescapedValue,
} from './template.ts';
export { compileValues, type ValueList } from './value-list.ts';
export { type WholePattern, wholePattern } from './whole-match.ts';
