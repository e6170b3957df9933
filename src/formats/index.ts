export {
  Authorizer,
  type AuthorizerCall,
  type AuthorizerGrant,
  type AuthorizerResult,
  type AuthorizerService,
  grantData,
  type IdentitySource,
  isAuthorizerRefusal,
  isUnauthorized,
  type Judgement,
  parseIdentitySource,
  writeJson,
} from './authorizer/index.ts';
export type { BodyNeeds, RequestFormat, RequestView, ResponseFormat, StreamedResponseFormat } from './format.ts';
export { FormatError } from './format-error.ts';
export type { FormatField, FormatOptions } from './format-options.ts';
export { FORMATS, type Format, type FormatName } from './formats.ts';
export { type BodyPieces, type FunctionAnswer, isWhole } from './function-answer.ts';
export { PathTemplate, Resource } from './path-template.ts';
export { percentDecode } from './percent-decode.ts';
export { queryPairs } from './query.ts';
export { RawRequest, rawResponse } from './raw.ts';
export { isStageName } from './request/stage.ts';
export { TrustedProxies } from './request/trusted-proxies.ts';
export { albResponse } from './result/alb.ts';
export { apiGatewayV1Response } from './result/api-gateway-v1.ts';
export { apiGatewayV2Response, functionUrlResponse } from './result/api-gateway-v2.ts';
export { httpApiV1Response } from './result/http-api-v1.ts';
export { rawStream } from './result/streamed-answer.ts';
