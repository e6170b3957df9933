import type { ResponseFormat } from '../format.ts';
import { FormatError } from '../format-error.ts';
import { rawResponse } from '../raw.ts';
import { readAuthorizerResult } from './authorizer-result.ts';

/**
 * The result of an authorizer. Anything else is an error: it is reported, never cached and never used to decide.
 * `isSimple`: `enableSimpleResponses`.
 */
export function authorizerResponse(isSimple: boolean): ResponseFormat {
  return {
    decode({ status, payload }) {
      if (status !== 200) throw new FormatError('the invocation has no result');
      return { ...rawResponse.decode({ status, payload }), authorization: readAuthorizerResult(payload, isSimple) };
    },
  };
}
