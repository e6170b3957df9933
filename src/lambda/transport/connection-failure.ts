/**
 * The kernel did not take the request, or not all of it: the other side had closed an idle connection. The service checks
 * the hash of the whole payload before it does anything, so nothing can have run.
 */
export function isWriteFailure(error: Error): boolean {
  const { syscall, code } = error as NodeJS.ErrnoException;
  return syscall === 'write' && (code === 'ECONNRESET' || code === 'EPIPE');
}

/** Node's text of what went wrong, with the code that operators search for. */
export function reasonOf(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  const text =
    error.message === '' && error instanceof AggregateError ? String(error.errors[0]?.message) : error.message;
  return code === undefined || text.includes(code) ? text : `${text} (${code})`;
}
