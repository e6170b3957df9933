import { type CompiledTemplate, type EvaluationContext, ExpressionError } from '../expression/index.ts';
import type { ApiPolicies } from './api-policies.ts';

/** What an expression can read of an API without a request. */
export type ApiVariables = Pick<ApiPolicies, 'variables' | 'api' | 'properties'>;

/** The text that a field has for every request, or what it depends on. `nothing`: every request fails. */
export type KnownText =
  | { readonly text: string }
  | { readonly decidedBy: 'request' | 'secret' }
  | { readonly decidedBy: 'nothing' };

/** Reads no secret. */
export function knownText(api: ApiVariables, template: CompiledTemplate): KnownText {
  if (template.constant !== undefined) return { text: template.constant };
  if (dependsOnRequest(template)) return { decidedBy: 'request' };
  if (template.secrets.length > 0) return { decidedBy: 'secret' };
  try {
    const text = template.evaluate(contextOf(api));
    return text === null || text.trim() === '' ? { decidedBy: 'nothing' } : { text };
  } catch (error) {
    if (error instanceof ExpressionError) return { decidedBy: 'nothing' };
    throw error;
  }
}

export function dependsOnRequest({ constant, needs }: CompiledTemplate): boolean {
  return constant === undefined && Object.values(needs).includes(true);
}

export function contextOf({ variables, api, properties }: ApiVariables): EvaluationContext {
  return { attributes: new Map(), variables, api: { ...api, properties } };
}
