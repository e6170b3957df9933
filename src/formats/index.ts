export type { BodyNeeds, RequestFormat, ResponseFormat } from './format.ts';
export { FormatError } from './format-error.ts';
export { type BodyPieces, type FunctionAnswer, isWhole } from './function-answer.ts';
export { RawRequest, rawResponse } from './raw.ts';
export { albResponse } from './result/alb.ts';
export { apiGatewayV1Response } from './result/api-gateway-v1.ts';
export { apiGatewayV2Response, functionUrlResponse } from './result/api-gateway-v2.ts';
export { httpApiV1Response } from './result/http-api-v1.ts';
