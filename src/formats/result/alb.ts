import type { ResponseFormat } from '../format.ts';
import { multiValueHeaders, singleHeaders } from './header-fields.ts';
import { ResultFields } from './result-fields.ts';
import { shapedAnswer, shapedResponse } from './shaped-answer.ts';
import { requiredStatusCode } from './status-code.ts';

/** A load balancer reads `headers`, or in its multi-value mode `multiValueHeaders`: never both. */
export function albResponse(multiValue: boolean): ResponseFormat {
  return shapedResponse((payload, memory) => {
    const fields = ResultFields.read(payload);
    const status = requiredStatusCode(fields);
    const headers = multiValue ? multiValueHeaders(fields) : singleHeaders(fields);
    return shapedAnswer(fields, { status, headers, contentType: undefined }, memory);
  });
}
