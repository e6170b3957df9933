/** The bytes are not frames of an event stream. `message` is for the log and shows none of them. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
}
