export { Authorizer, type AuthorizerCall, type AuthorizerService, isAuthorizerRefusal } from './authorizer.ts';
export { type AuthorizerResult, isUnauthorized } from './authorizer-result.ts';
export { type AuthorizerGrant, grantData } from './grant.ts';
export type { Judgement } from './iam-policy.ts';
export { type IdentitySource, parseIdentitySource } from './identity-source.ts';
export { writeJson } from './json-value.ts';
