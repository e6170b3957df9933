export type { BodyNeeds, RequestFormat, ResponseFormat } from './format.ts';
export { FormatError } from './format-error.ts';
export { type BodyPieces, type FunctionAnswer, isWhole } from './function-answer.ts';
export { RawRequest, rawResponse } from './raw.ts';
