import type { EvaluationContext } from './context.ts';
import type { Node } from './parser/ast.ts';
import type { Secret, SecretSource } from './secrets.ts';

/** Which parts of a transaction a template reads: known once it is compiled, so Envoy sends only those. */
export interface TemplateNeeds {
  /** Anything of `#request` (a caller's data), the body included. */
  readonly request: boolean;
  readonly requestBody: boolean;
  /** `#request.path`, and values derived from it. */
  readonly requestPath: boolean;
  /** `#request.ssl`: the certificates of the connection. */
  readonly requestSsl: boolean;
  /** `#request.metadata`: Envoy's dynamic metadata. */
  readonly requestMetadata: boolean;
  readonly response: boolean;
  readonly responseBody: boolean;
  readonly lambdaResponse: boolean;
  /** `#lambdaResponse.content`, and values derived from it. */
  readonly lambdaResponseBody: boolean;
  /** `#context.attributes`: what earlier policies stored. */
  readonly attributes: boolean;
  readonly error: boolean;
}

/** A name in a template that has no meaning in any evaluation. */
export interface TemplateDoubt {
  readonly message: string;
  /** Offset of the name in the template, in UTF-16 units. */
  readonly offset: number;
  /** Every evaluation of the template fails. */
  readonly fails: boolean;
}

/** An expression in a JSON text. */
export interface UnescapedValue {
  /** Offset of the expression in the template, in UTF-16 units. */
  readonly offset: number;
  /** `quoted`: it is in a JSON string; `bare`: outside of one; `twice`: `#json`, which adds quotes, in a JSON string. */
  readonly kind: 'quoted' | 'bare' | 'twice';
}

/** Where a template is written. */
export interface TemplateOrigin {
  /** Of the step, as `condition` or `mutations.headers.set.x-tier`. */
  readonly field: string;
  /** As `policies.yaml:18:26`, of a UTF-16 unit of the template. */
  placeAt(offset: number): string;
}

export interface CompileOptions {
  /** Allows `{#secrets.get('env:NAME')}` and `{#secrets.get('file:/path')}` with a literal: credential fields only. */
  readonly secrets?: SecretSource | undefined;
  /** Called for a template with expressions: errors of an evaluation include it. */
  readonly origin?: (() => TemplateOrigin) | undefined;
}

/** The parts of a template that an analysis reads. */
export interface ReadTemplate {
  readonly source: string;
  /** Of its expressions. */
  readonly nodes: readonly Node[];
}

/** A body: a template, or JSON that is made of templates (compileJson). */
export interface BodyTemplate {
  readonly needs: TemplateNeeds;
  /** The text where it has no expression at all, else undefined: callers can skip evaluation. */
  readonly constant: string | undefined;
  /** It is JSON whatever its expressions give. */
  readonly json: boolean;
  /** Those of its templates that have expressions. */
  readonly templates: readonly ReadTemplate[];
  /** Null where a template is one expression whose value is null. Throws ExpressionError. */
  evaluate(context: EvaluationContext): string | null;
}

export interface CompiledTemplate extends BodyTemplate {
  readonly source: string;
  readonly json: false;
  /** The secrets that it reads. Those with a `refresh` must be refreshed before `evaluate`, or it may fail. */
  readonly secrets: readonly Secret[];
  /** What `check` warns about. `variables`: names that contexts will have in addition to the language's own. */
  doubts(variables?: readonly string[]): readonly TemplateDoubt[];
  /** If the text around the expressions is JSON: expressions whose value may break it, or add fields to it. */
  unescaped(): readonly UnescapedValue[];
  /** Whether every evaluation fails if this variable is null. */
  failsWithout(variable: string): boolean;
  /** The names of all variables that the expressions mention. */
  variables(): ReadonlySet<string>;
  /**
   * The value of a template that is exactly one expression, as JavaScript data: boolean, number (bigint for a long or
   * a BigInteger outside the safe range), string, array, Map or null. A template with literal text gives its string.
   */
  evaluateValue(context: EvaluationContext): unknown;
  /** As the original converts to a boolean condition (`true/on/yes/1` …); throws when the value has no boolean form. */
  evaluateBoolean(context: EvaluationContext): boolean;
}
