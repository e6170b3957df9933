export type { AnswerDocument } from './answers.ts';
export type { CallDocument, ExpectDocument } from './expect.ts';
export { type TestDocument, type TestFileDocument, testFileSchema } from './test-file.ts';
