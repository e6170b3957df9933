import { type MemoryAccount, unlimitedMemory } from '../../memory-account.ts';
import {
  type BodyNeeds,
  isRequestView,
  type RequestFormat,
  type RequestView,
  type TransactionView,
} from '../format.ts';
import { FormatError } from '../format-error.ts';
import type { FormatOptions } from '../format-options.ts';
import { type BodyRules, bodyEncoding, withBody, withoutBody } from './event-body.ts';

/** An event of AWS's before its body. */
export interface EventDialect {
  /** Members of the event as JSON text, without braces and body. Throws FormatError. */
  members(request: RequestView, transaction: TransactionView): string;
  /** How an event shows that it has no body: a member, or nothing. */
  readonly noBody: string;
  /** See BodyRules. */
  readonly isLenient: boolean;
}

/** A request as one of AWS's events: the members of its dialect, then the body, as it came, as text or base64. */
export class AwsRequest implements RequestFormat {
  readonly needs: BodyNeeds;
  readonly readsBytes = true;
  readonly shared = undefined;
  readonly #dialect: EventDialect;
  readonly #rules: BodyRules;

  constructor(dialect: EventDialect, options: FormatOptions) {
    this.#dialect = dialect;
    this.#rules = { isLenient: dialect.isLenient, binary: options.binaryMediaTypes };
    const needs = templatesOf(options).map((template) => template.needs);
    this.needs = {
      requestBody: needs.some(({ requestBody }) => requestBody),
      responseBody: needs.some(({ responseBody }) => responseBody),
    };
  }

  encode(transaction: TransactionView, memory: MemoryAccount = unlimitedMemory): Uint8Array {
    const { request } = transaction;
    if (!isRequestView(request)) throw new Error('an event without a request');
    // Envoy's forward_rules may hide them, and a function that decides by them would have nothing to decide by.
    if (request.method === '' || request.uri === '') throw new FormatError('Envoy hides :method or :path');
    const members = `{${this.#dialect.members(request, transaction)}`;
    const encoding = bodyEncoding(request, this.#rules);
    const { bytes } = request;
    if (encoding === 'none' || bytes === undefined) {
      return withoutBody(`${members}${this.#dialect.noBody},"isBase64Encoded":false}`, memory);
    }
    const after = `,"isBase64Encoded":${encoding === 'base64'}}`;
    return withBody(`${members},"body":`, bytes, encoding, after, memory);
  }
}

function templatesOf(options: FormatOptions) {
  const { stage, resource, routeKey, accountId, apiId, domainName, targetGroupArn, stageVariables } = options;
  const fields = [stage, resource, routeKey, accountId, apiId, domainName, targetGroupArn];
  return [...fields, ...stageVariables.map(([, value]) => value)].filter((template) => template !== undefined);
}
