import { InvocationError } from '../invocation-error.ts';

/** A value from which no request can be built: named in the log, but not to the caller, who may have chosen it. */
export function configurationError(field: string, value: string, expected: string, cause?: unknown): InvocationError {
  return new InvocationError('invalid-field', {
    message: `${field} ${JSON.stringify(shortened(value))} is invalid: expected ${expected}`,
    field,
    cause,
  });
}

function shortened(value: string): string {
  return value.length > 200 ? `${value.slice(0, 200)}…` : value;
}
