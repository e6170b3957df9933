import type { BodyTemplate } from '../expression/index.ts';
import { isHeaderValue, readStatus } from '../http-syntax.ts';
import { charge, textBytes } from '../memory-account.ts';
import type { MessageTemplates } from './api-policies.ts';
import { guessMediaType } from './media-type.ts';
import { type Message, ResponseMessage } from './message.ts';
import type { Phase } from './phase.ts';
import { PolicyFailure, variableFailure } from './policy-failure.ts';
import type { AppliedMutations } from './trace.ts';
import type { Transaction } from './transaction.ts';

/** The values of a step's templates for one request. */
export interface MessageChanges {
  readonly by: AppliedMutations['by'];
  /** Null removes the header. */
  readonly set: readonly (readonly [name: string, value: string | null])[];
  readonly append: readonly (readonly [name: string, value: string])[];
  readonly remove: readonly string[];
  readonly body: Buffer | undefined;
  /** The change to content-type before the header changes. Null removes it, undefined leaves it. */
  readonly contentType: string | null | undefined;
  readonly status: number | undefined;
}

/**
 * All values before anything is changed: a template that fails leaves the message as it was. They are charged to the
 * transaction's memory. Throws PolicyFailure, ExpressionError and NoRoomError.
 */
export function evaluateChanges(
  transaction: Transaction,
  templates: MessageTemplates,
  by: AppliedMutations['by'],
): MessageChanges {
  const headers = `${by}.headers`;
  const set = templates.set.map(([name, template]) => {
    const place = `${headers}.set.${name}`;
    const value = template === undefined ? null : evaluateAt(transaction, template, place);
    return [name, headerValue(value, place)] as const;
  });
  const append = templates.append.flatMap(([name, template]) => {
    const place = `${headers}.append.${name}`;
    const value = headerValue(evaluateAt(transaction, template, place), place);
    return value === null ? [] : [[name, value] as const];
  });
  const text = bodyText(transaction, templates, by);
  const status = statusOf(transaction, templates, by);
  const kept = [...set, ...append].reduce((sum, [, value]) => sum + textBytes(value ?? ''), 0);
  charge(transaction.memory, kept + (text === undefined ? 0 : Buffer.byteLength(text)));
  return {
    by,
    set,
    append,
    remove: templates.remove,
    body: text === undefined ? undefined : Buffer.from(text),
    contentType: contentTypeOf(text, templates, by),
    status,
  };
}

export function applyChanges(message: Message, changes: MessageChanges): void {
  const { headers } = message;
  const { body, contentType, status } = changes;
  if (body !== undefined) message.replaceBody(body, body.length);
  if (contentType !== undefined) setOrRemove(message, 'content-type', contentType);
  for (const name of changes.remove) headers.remove(name);
  for (const [name, value] of changes.set) setOrRemove(message, name, value);
  for (const [name, value] of changes.append) headers.append(name, value);
  if (status !== undefined && message instanceof ResponseMessage) message.changeStatus(status);
}

/** For the trace. */
export function appliedOf(changes: MessageChanges, target: Phase, path: string | null = null): AppliedMutations {
  const { by, set, append, remove, body, status } = changes;
  return { by, target, set, append, remove, body: body === undefined ? null : body.toString(), path, status };
}

/** `place` names the field if the expression fails. */
export function evaluateAt(transaction: Transaction, template: BodyTemplate, place: string): string | null {
  if (template.constant !== undefined) return template.constant;
  try {
    return template.evaluate(transaction);
  } catch (error) {
    throw variableFailure(place, error);
  }
}

/** A value that HTTP cannot carry. */
export function invalidChange(details: string, field: string): PolicyFailure {
  return new PolicyFailure('AWS_LAMBDA_TEMPLATE_VARIABLE_EXCEPTION', { details, field, cause: new Error(details) });
}

/**
 * Undefined leaves the body. An answer whose template gives null has an empty one: the function's own, which the policy
 * replaces, must not reach the caller because something is missing.
 */
function bodyText(
  transaction: Transaction,
  { body }: MessageTemplates,
  by: AppliedMutations['by'],
): string | undefined {
  if (body === undefined) return undefined;
  return evaluateAt(transaction, body, `${by}.body`) ?? (by === 'answer' ? '' : undefined);
}

/**
 * Headers that describe the function's body do not apply to a body of `answer`. A message keeps its type, unless the
 * new body is an object. Headers of the policy itself come after it.
 */
function contentTypeOf(
  text: string | undefined,
  { body, set, append }: MessageTemplates,
  by: AppliedMutations['by'],
): string | null | undefined {
  if (text === undefined) return undefined;
  const isNamed = [...set, ...append].some(([name]) => name === 'content-type');
  if (body?.json === true && !isNamed) return 'application/json';
  if (by === 'mutations') return undefined;
  return isNamed || text === '' ? null : guessMediaType(text);
}

function statusOf(
  transaction: Transaction,
  { status }: MessageTemplates,
  by: AppliedMutations['by'],
): number | undefined {
  if (status === undefined || typeof status === 'number') return status;
  const text = evaluateAt(transaction, status, `${by}.status`);
  // A refusal without a status must not become the function's 200.
  if (text === null && by === 'mutations') return undefined;
  const value = text === null ? undefined : readStatus(text);
  if (value === undefined) throw invalidChange(`${by}.status is not a status from 200 to 599`, `${by}.status`);
  return value;
}

function headerValue(text: string | null, place: string): string | null {
  if (text === null || isHeaderValue(text)) return text;
  throw invalidChange(`${place} has a control character`, place);
}

function setOrRemove({ headers }: Message, name: string, value: string | null): void {
  if (value === null) headers.remove(name);
  else headers.set(name, value);
}
