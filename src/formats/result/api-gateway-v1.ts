import type { ResponseFormat } from '../format.ts';
import { FormatError } from '../format-error.ts';
import { merge, multiValueHeaders, singleHeaders } from './header-fields.ts';
import { ResultFields, type ResultKey } from './result-fields.ts';
import { shapedAnswer, shapedResponse } from './shaped-answer.ts';
import { statusCode } from './status-code.ts';

const KNOWN: readonly ResultKey[] = ['headers', 'multiValueHeaders', 'body', 'isBase64Encoded'];

/** A REST API: 200 and JSON unless the result says otherwise; of one name the values of `multiValueHeaders` come first. */
export const apiGatewayV1Response: ResponseFormat = shapedResponse((payload, memory) => {
  const fields = ResultFields.read(payload);
  const status = statusCode(fields);
  if (status === undefined && !KNOWN.some((key) => fields.has(key))) {
    throw new FormatError('the result has none of the keys of an answer');
  }
  const headers = merge(multiValueHeaders(fields), singleHeaders(fields));
  return shapedAnswer(fields, { status: status ?? 200, headers, contentType: 'application/json' }, memory);
});
