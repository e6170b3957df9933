import type { ResponseFormat } from '../format.ts';
import { merge, multiValueHeaders, singleHeaders } from './header-fields.ts';
import { ResultFields } from './result-fields.ts';
import { shapedAnswer, shapedResponse } from './shaped-answer.ts';
import { requiredStatusCode } from './status-code.ts';

/** An HTTP API that speaks 1.0: text unless the result says otherwise; of one name the value of `headers` comes first. */
export const httpApiV1Response: ResponseFormat = shapedResponse((payload, memory) => {
  const fields = ResultFields.read(payload);
  const status = requiredStatusCode(fields);
  const headers = merge(singleHeaders(fields), multiValueHeaders(fields));
  return shapedAnswer(fields, { status, headers, contentType: 'text/plain; charset=utf-8' }, memory);
});
