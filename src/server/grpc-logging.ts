import { setLogger } from '@grpc/grpc-js';
import { type Logger, redactText } from '../observability/index.ts';

/**
 * grpc-js prints to standard error, and prints the whole value of a metadata entry that it refuses (a non-ASCII
 * header: with inline policies that may be keys). Its messages become log lines with the values cut out.
 */
export function routeGrpcLogging(logger: Logger): void {
  const log = logger.child({ component: 'grpc-js' });
  setLogger({
    error: (...args: unknown[]) => log.warn(grpcMessage(args)),
    info: (...args: unknown[]) => log.info(grpcMessage(args)),
    debug: (...args: unknown[]) => log.debug(grpcMessage(args)),
  });
}

const REFUSED_ENTRY = /^Failed to add metadata entry ([!-9;-~]{1,256}): /;
/** `GRPC_TRACE` writes metadata as JSON: everything after the opening brace is removed. */
const MAX_MESSAGE = 500;

/** The message without the values of headers. */
export function grpcMessage(args: readonly unknown[]): string {
  const message = args.map(String).join(' ');
  const entry = REFUSED_ENTRY.exec(message)?.[1];
  if (entry !== undefined) {
    return `gRPC metadata "${entry}" was refused because its value is not printable ASCII (value not shown); write such characters as \\u escapes in JSON`;
  }
  if (message.startsWith('Failed to add metadata entry')) return 'a gRPC metadata entry was refused (not shown)';
  const brace = message.search(/[{[]/);
  const cut =
    /headers|metadata/i.test(message) && brace >= 0 ? `${message.slice(0, brace)}(values not shown)` : message;
  return redactText(cut.slice(0, MAX_MESSAGE));
}
