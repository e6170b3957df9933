import { finalStatus, readStatus } from '../../http-syntax.ts';
import { FormatError } from '../format-error.ts';
import type { ResultFields } from './result-fields.ts';

/**
 * `statusCode`, an integer as a number or as three digits. Undefined where the key is absent. Throws FormatError of kind
 * `status`: 1xx too, which Envoy would turn into a 200 or a bare 500.
 */
export function statusCode(fields: ResultFields): number | undefined {
  const span = fields.get('statusCode');
  if (span === undefined) return undefined;
  const { scanner } = fields;
  const kind = scanner.kind(span.start);
  const text = span.end - span.start > LONGEST ? '' : scanner.text(span);
  // 2e2 and 200.0 are integers too.
  const status = readStatus(kind === 'scalar' ? String(Number(text)) : kind === 'string' ? text : '');
  if (status !== undefined) return status;
  const { lowest, highest } = finalStatus;
  throw new FormatError(`statusCode is not an integer from ${lowest} to ${highest}`, {
    kind: 'status',
    cause: new Error(text === '' ? `a ${kind}` : text),
  });
}

/** The same for dialects that have no status of their own. */
export function requiredStatusCode(fields: ResultFields): number {
  const status = statusCode(fields);
  if (status === undefined) throw new FormatError('statusCode is missing');
  return status;
}

/** Bytes that a status may take, as it is written. */
const LONGEST = 32;
