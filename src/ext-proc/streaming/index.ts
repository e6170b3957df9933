export { AnswerSender } from './answer-sender.ts';
export { collectBody } from './collect-body.ts';
export { withFirstPiece } from './first-piece.ts';
export type { OutgoingStream } from './outgoing-stream.ts';
export { type StreamHead, streamHead } from './stream-head.ts';
