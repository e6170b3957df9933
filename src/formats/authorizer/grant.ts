import { quote } from '../json-text.ts';
import { writeJson } from './json-value.ts';

/** What an authorizer says about a caller whom it allows. */
export interface AuthorizerGrant {
  /** Undefined in a simple response. */
  readonly principalId: string | undefined;
  /** As the function wrote it; undefined: it gave none. */
  readonly context: unknown;
  /** Duration of its call in whole milliseconds. */
  readonly integrationLatency: number;
}

/** `requestContext.authorizer` of format 1.0: flat, all of it texts but the latency. */
export function authorizerOf1({ principalId, context, integrationLatency }: AuthorizerGrant): string {
  const members = entriesOf(context).map(([name, value]) => `${quote(name)}:${quote(textOf(value))}`);
  const principal = principalId === undefined ? [] : [`"principalId":${quote(principalId)}`];
  return `{${[...principal, ...members, `"integrationLatency":${integrationLatency}`].join(',')}}`;
}

/** `requestContext.authorizer` of format 2.0 at HTTP APIs. */
export function authorizerOf2({ context }: AuthorizerGrant): string {
  return `{"lambda":${writeJson(context ?? null)}}`;
}

/** What expressions see as `#context.attributes['authorizer']`. */
export function grantData({
  principalId,
  context,
}: Omit<AuthorizerGrant, 'integrationLatency'>): ReadonlyMap<string, unknown> {
  return new Map([
    ...entriesOf(context),
    ...(principalId === undefined ? [] : [['principalId', principalId] as const]),
  ]);
}

/** A function's context cannot replace the principal and the latency. */
function entriesOf(context: unknown): readonly (readonly [string, unknown])[] {
  if (typeof context !== 'object' || context === null || Array.isArray(context)) return [];
  return Object.entries(context).filter(([name]) => name !== 'principalId' && name !== 'integrationLatency');
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : writeJson(value);
}
