import type { EvaluationContext } from '../expression/index.ts';
import { isHeaderValue } from '../http-syntax.ts';
import { charge, type MemoryAccount, unlimitedMemory } from '../memory-account.ts';
import { parseAccept } from './accept.ts';
import type { Answer } from './answer.ts';
import type { ResponseTemplate, ResponseTemplates } from './api-policies.ts';
import { ACCEPTED_CODINGS } from './content-codings.ts';
import { guessMediaType } from './media-type.ts';
import type { PolicyFailure } from './policy-failure.ts';

/** Smaller answers are part of what a stream takes anyway: a full process must still be able to answer. */
const SMALL = 4 * 1024;

/** Called when a response template cannot be evaluated; the default body is sent then. */
export type TemplateErrorListener = (error: unknown) => void;

/**
 * The caller's answer to a failure: by the API's response templates (docs/notes/reference-policy.md, Response
 * templates), else the default body. `context` is what the template's expressions see; `error` and `parameters` are added to it.
 * A large answer is charged to `memory`; without room for it the default body is sent. `onTemplate` gets the template that made it.
 */
export function errorAnswer(
  failure: PolicyFailure,
  templates: ResponseTemplates,
  context: EvaluationContext,
  onTemplateError: TemplateErrorListener,
  memory: MemoryAccount = unlimitedMemory,
  onTemplate?: (template: ResponseTemplate) => void,
): Answer {
  const accept = context.request?.headers.values('accept');
  const found = findTemplate(templates, failure.key, accept);
  if (found !== undefined) {
    try {
      const answer = fromTemplate(failure, found.mediaType, found.template, context, memory);
      onTemplate?.(found.template);
      return answer;
    } catch (error) {
      onTemplateError(error);
    }
  }
  return defaultAnswer(failure, accept);
}

interface FoundTemplate {
  readonly mediaType: string;
  readonly template: ResponseTemplate;
}

/** A key in the map hides DEFAULT, even if none of its media types matches. */
function findTemplate(
  templates: ResponseTemplates,
  key: string,
  accept: readonly string[] | undefined,
): FoundTemplate | undefined {
  const byType = templates.get(key) ?? templates.get('DEFAULT');
  if (byType === undefined) return undefined;
  const wanted = accept === undefined ? [] : parseAccept(accept);
  for (const mediaType of [...wanted, '*/*']) {
    const template = byType.get(mediaType);
    if (template !== undefined) return { mediaType, template };
  }
  return undefined;
}

function fromTemplate(
  failure: PolicyFailure,
  mediaType: string,
  template: ResponseTemplate,
  context: EvaluationContext,
  memory: MemoryAccount,
): Answer {
  const scope: EvaluationContext = {
    ...scopes(context),
    error: {
      statusCode: failure.status,
      key: failure.key,
      message: failure.message,
      parameters: failure.parameters,
    },
    variables: new Map([...context.variables, ['parameters', failure.parameters]]),
  };
  const headers: [string, string][] = [];
  for (const [name, value] of template.headers) {
    const text = value.evaluate(scope);
    if (text !== null && isHeaderValue(text)) headers.push([name.toLowerCase(), text]);
  }
  for (const own of ownHeaders(failure)) if (!headers.some(([name]) => name === own[0])) headers.push(own);
  const text = template.body?.evaluate(scope) ?? '';
  const bytes = headers.reduce((sum, [, value]) => sum + value.length, Buffer.byteLength(text));
  if (bytes > SMALL) charge(memory, bytes);
  const body = text === '' ? undefined : Buffer.from(text);
  if (body !== undefined && !headers.some(([name]) => name === 'content-type')) {
    headers.push(['content-type', typeOf(mediaType, template, text)]);
  }
  return { status: template.status, headers, body, errorKey: failure.key };
}

/** A context may be an object with getters: what a template can see is copied by name. */
function scopes(context: EvaluationContext): EvaluationContext {
  const { request, response, lambdaResponse, attributes, api, node, variables, evaluationMs } = context;
  return { request, response, lambdaResponse, attributes, api, node, variables, evaluationMs };
}

/** For a body whose template has no such header. An object stays JSON, whatever type was asked for. */
function typeOf(mediaType: string, { body }: ResponseTemplate, text: string): string {
  if (body?.json === true) return JSON_TYPE.test(mediaType) ? mediaType : 'application/json';
  return mediaType.includes('*') ? guessMediaType(text) : mediaType;
}

/** `application/problem+json` too. */
const JSON_TYPE = /^(?:application\/json|[^*]+\+json)$/i;

function defaultAnswer(failure: PolicyFailure, accept: readonly string[] | undefined): Answer {
  if (failure.body !== undefined) {
    const headers: [string, string][] = [['content-type', 'application/json'], ...ownHeaders(failure)];
    return { status: failure.status, headers, body: Buffer.from(failure.body), errorKey: failure.key };
  }
  const json =
    accept !== undefined && parseAccept(accept).some((type) => type === 'application/json' || type === '*/*');
  const text = json ? JSON.stringify({ message: failure.message, http_status_code: failure.status }) : failure.message;
  const headers: [string, string][] = [['content-type', json ? 'application/json' : 'text/plain']];
  headers.push(...ownHeaders(failure));
  return { status: failure.status, headers, body: Buffer.from(text), errorKey: failure.key };
}

/** Headers that HTTP requires with some statuses: when to retry, and the accepted content codings (RFC 9110, 15.5.16). */
function ownHeaders({ key, retryAfterSeconds }: PolicyFailure): readonly [string, string][] {
  const headers: [string, string][] = [];
  if (retryAfterSeconds !== undefined) headers.push(['retry-after', String(retryAfterSeconds)]);
  if (key === 'LAMBDA_EXT_PROC_UNSUPPORTED_ENCODING') headers.push(['accept-encoding', ACCEPTED_CODINGS]);
  return headers;
}
