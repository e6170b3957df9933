/** Text that even the lenient JSON grammar refuses, or that is larger than this project reads. */
export class JsonTextError extends Error {
  override readonly name = 'JsonTextError';
}
