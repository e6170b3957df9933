import { configurationError } from './configuration-error.ts';
import type { Endpoint } from './endpoint.ts';
import { MAX_NAME_LENGTH } from './function-name.ts';
import { canonicalPath, escapeUri } from './uri.ts';

/** `stream`: InvokeWithResponseStream. */
export type Operation = 'invoke' | 'stream';

/** The part of a request that is the same for all invocations of one function, qualifier and endpoint. */
export interface Target {
  /** See Endpoint. */
  readonly isAws: boolean;
  readonly region: string;
  readonly origin: string;
  readonly host: string;
  /** Path and query as they are sent. */
  readonly path: string;
  /** Method, path and query as they are signed, with the line break after them. */
  readonly canonicalHead: string;
}

/** Throws InvocationError (`configuration`) for a name that cannot be put into a path. */
export function createTarget(
  region: string,
  endpoint: Endpoint,
  functionName: string,
  qualifier: string | undefined,
  operation: Operation = 'invoke',
): Target {
  const label = encoded('function', functionName, 'a name, name:qualifier or ARN');
  // A path of dots would name another resource once it is normalized for the signature.
  if (functionName === '.' || functionName === '..' || functionName.trim() === '') {
    throw configurationError('function', functionName, 'a name, name:qualifier or ARN');
  }
  const query =
    qualifier === undefined ? '' : `Qualifier=${encoded('qualifier', qualifier, 'a version, an alias or $LATEST')}`;
  const { version, resource } = RESOURCES[operation];
  const path = `${endpoint.pathPrefix}/${version}/functions/${label}/${resource}`;
  return {
    isAws: endpoint.isAws,
    region,
    origin: endpoint.origin,
    host: endpoint.host,
    path: query === '' ? path : `${path}?${query}`,
    canonicalHead: `POST\n${canonicalPath(path)}\n${query}\n`,
  };
}

const RESOURCES = {
  invoke: { version: '2015-03-31', resource: 'invocations' },
  stream: { version: '2021-11-15', resource: 'response-streaming-invocations' },
} as const satisfies Record<Operation, unknown>;

function encoded(field: string, value: string, expected: string): string {
  if (value.length > MAX_NAME_LENGTH) throw configurationError(field, value, expected);
  try {
    return escapeUri(value);
  } catch (error) {
    throw configurationError(field, value, expected, error);
  }
}
