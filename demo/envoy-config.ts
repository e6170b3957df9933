import { LineCounter, parseDocument } from 'yaml';
import { markingFilters } from './marked-headers.ts';

/** The socket of the sidecar in envoy/envoy.yaml. */
const EXAMPLE_SOCKET = '/run/lambda-ext-proc/0.sock';

/** A text that only the log lines of requests contain. */
export const IS_REQUEST = '"demo":"request"';

/** The fields of a request's log line, written to standard output in addition to the file's own access log. */
const requestLog = {
  name: 'demo',
  typed_config: {
    '@type': 'type.googleapis.com/envoy.extensions.access_loggers.stream.v3.StdoutAccessLog',
    log_format: {
      json_format: {
        demo: 'request',
        id: '%REQ(X-REQUEST-ID)%',
        start: '%START_TIME(%s%3f)%',
        method: '%REQ(:METHOD)%',
        path: '%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%',
        route: '%ROUTE_NAME%',
        status: '%RESPONSE_CODE%',
        milliseconds: '%DURATION%',
        details: '%RESPONSE_CODE_DETAILS%',
        policies: '%DYNAMIC_METADATA(lambda-ext-proc:policies)%',
        errorKey: '%DYNAMIC_METADATA(lambda-ext-proc:errorKey)%',
        changed: '%DYNAMIC_METADATA(demo:changed)%',
      },
    },
  },
};

interface Manager {
  readonly '@type': string;
  readonly http_filters: readonly unknown[];
  readonly access_log?: readonly unknown[];
}

/**
 * The file as the demo's Envoy runs it: with the sidecar's socket, filters that mark the headers that policies change, and a log line for
 * each request. Throws an error with the place if it is not YAML; Envoy reports all other mistakes.
 */
export function envoyConfigInUse(text: string, socket: string): string {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0]);
    throw new Error(`line ${line}, column ${col}: ${error.message}`);
  }
  const json = JSON.stringify(document.toJS(), (_, value: unknown) => (isManager(value) ? marked(value) : value));
  return json.replaceAll(EXAMPLE_SOCKET, socket);
}

function isManager(value: unknown): value is Manager {
  const { '@type': type, http_filters: filters } = (value ?? {}) as Partial<Manager>;
  return typeof type === 'string' && type.endsWith('.HttpConnectionManager') && Array.isArray(filters);
}

function marked(manager: Manager): object {
  const { http_filters: filters, access_log: logs = [] } = manager;
  return { ...manager, http_filters: markingFilters(filters), access_log: [...logs, requestLog] };
}
