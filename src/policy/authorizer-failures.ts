import type { AuthorizerService, Judgement } from '../formats/index.ts';
import { PolicyFailure, type PolicyFailureOptions } from './policy-failure.ts';

const FORBIDDEN = 'User is not authorized to access this resource';

/** The caller is not identified, or its identification is not accepted. */
export function unauthorized(reason: string): PolicyFailure {
  const options = { body: '{"message":"Unauthorized"}', byCaller: true, cause: new Error(reason) };
  return new PolicyFailure('LAMBDA_EXT_PROC_UNAUTHORIZED', options);
}

/** The caller may not do this, in the words of the service whose authorizer it is. */
export function forbidden(service: AuthorizerService, { verdict, statement }: Judgement): PolicyFailure {
  const isExplicit = verdict === 'deny-explicit';
  const words = isExplicit ? `${FORBIDDEN} with an explicit deny` : FORBIDDEN;
  const body = service === 'rest' ? JSON.stringify({ Message: words }) : '{"message":"Forbidden"}';
  const cause = new Error(
    isExplicit ? `statement ${statement} of the authorizer's policy denies it` : 'the authorizer does not allow it',
  );
  return new PolicyFailure('LAMBDA_EXT_PROC_FORBIDDEN', { body, byCaller: true, cause });
}

/** The function gave no verdict. The caller gets no reason. `facts`: of the original failure. */
export function authorizerFailed(
  service: AuthorizerService,
  cause: unknown,
  { kind, field, call }: Pick<PolicyFailureOptions, 'kind' | 'field' | 'call'> = {},
): PolicyFailure {
  const body = service === 'rest' ? '{"message":"Internal server error"}' : '{"message":"Internal Server Error"}';
  return new PolicyFailure('LAMBDA_EXT_PROC_AUTHORIZER_FAILED', { body, cause, kind, field, call });
}

/** The authorizer is not asked about this request: its verdict could be about another one. `status`: 400 or 414. */
export function ambiguousPath(status: number, reason: string): PolicyFailure {
  return new PolicyFailure('LAMBDA_EXT_PROC_AMBIGUOUS_PATH', { status, byCaller: true, cause: new Error(reason) });
}
