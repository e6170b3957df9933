import { readFileSync } from 'node:fs';
import { quoted, type Variables } from './variables.ts';

/** The destination of traces: OTLP with protobuf over HTTP. */
export interface ExporterSettings {
  readonly url: string;
  /** May hold secrets. */
  readonly headers: Readonly<Record<string, string>>;
  /** For one batch, including all attempts. */
  readonly timeoutMs: number;
  readonly compression: 'gzip' | 'none';
  readonly ca: Buffer | undefined;
  readonly cert: Buffer | undefined;
  readonly key: Buffer | undefined;
}

const PREFIX = 'OTEL_EXPORTER_OTLP_';
const DEFAULT_URL = 'http://localhost:4318/v1/traces';
const GRPC_PORT = '4317';
const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** A signal's own variable takes precedence over the one for all signals. */
function both(name: string): readonly [ofTraces: string, ofAll: string] {
  return [`${PREFIX}TRACES_${name}`, `${PREFIX}${name}`];
}

export const endpointVariables = both('ENDPOINT');

/** Values that cannot be used are recorded as problems. */
export function readExporterSettings(variables: Variables): ExporterSettings {
  checkProtocol(variables);
  const url = readUrl(variables);
  const cert = readFile(variables, 'CLIENT_CERTIFICATE');
  const key = readFile(variables, 'CLIENT_KEY');
  if ((cert === undefined) !== (key === undefined)) {
    const [variable] = both(cert === undefined ? 'CLIENT_CERTIFICATE' : 'CLIENT_KEY');
    variables.refuse(variable, 'a client certificate requires its key and the reverse, but one of them is not set');
  }
  return {
    url,
    headers: readHeaders(variables),
    timeoutMs: variables.number(both('TIMEOUT'), { from: 1, to: 600_000 }) ?? 10_000,
    compression: variables.choice(both('COMPRESSION'), ['gzip', 'none'] as const) ?? 'none',
    ca: readFile(variables, 'CERTIFICATE'),
    cert,
    key,
  };
}

function checkProtocol(variables: Variables): void {
  const found = variables.first(both('PROTOCOL'));
  if (found === undefined || found.text.toLowerCase() === 'http/protobuf') return;
  const instead = 'set it to http/protobuf, which collectors accept on port 4318';
  variables.refuse(found.variable, `${quoted(found.text)} is a protocol that this server does not have: ${instead}`);
}

/** The variable for all signals is a base URL, to which the path of traces is added. */
function readUrl(variables: Variables): string {
  const [ofTraces, ofAll] = endpointVariables;
  const found = variables.first(endpointVariables);
  if (found === undefined) return DEFAULT_URL;
  const { variable, text } = found;
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    const example = variable === ofTraces ? DEFAULT_URL : 'http://localhost:4318';
    // It may contain a password.
    variables.refuse(variable, `it is not a URL of http or https, such as ${example}`);
    return DEFAULT_URL;
  }
  if (url.port === GRPC_PORT) {
    const message = `port ${GRPC_PORT} is that of OTLP over gRPC by convention, and this server sends protobuf over HTTP: try 4318`;
    variables.note(variable, message);
  }
  if (variable === ofAll) url.pathname = `${url.pathname.replace(/\/$/, '')}/v1/traces`;
  return url.href;
}

function readHeaders(variables: Variables): Record<string, string> {
  const [ofTraces, ofAll] = both('HEADERS');
  const headers: Record<string, string> = {};
  for (const variable of [ofAll, ofTraces]) {
    for (const [name, value] of Object.entries(variables.pairs(variable))) {
      if (!HEADER_NAME.test(name)) {
        // In `authorization: Basic eDp5==` everything before the first `=` would be the name.
        variables.warn(variable, 'it has a header whose name is not valid in HTTP: write name=value, percent-encoded');
      } else if (HEADER_VALUE.test(value)) headers[name.toLowerCase()] = value;
      else variables.warn(variable, `the header ${quoted(name)} has a value that HTTP does not allow`);
    }
  }
  return headers;
}

function readFile(variables: Variables, name: string): Buffer | undefined {
  const found = variables.first(both(name));
  if (found === undefined) return undefined;
  try {
    return readFileSync(found.text);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    variables.refuse(found.variable, `the file ${quoted(found.text)} cannot be read (${code})`);
    return undefined;
  }
}
