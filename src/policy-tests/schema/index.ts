export { type AnswerDocument, answer as answerSchema, functions as functionsSchema } from './answers.ts';
export type { CallDocument, ExpectDocument } from './expect.ts';
export { backend as backendSchema, request as requestSchema } from './messages.ts';
export { type TestDocument, type TestFileDocument, testFileSchema } from './test-file.ts';
