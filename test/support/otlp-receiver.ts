import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { loadSync, type ServiceDefinition } from '@grpc/proto-loader';

/** A span as it came, its attributes as an object. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** '' for the first of a trace. */
  readonly parentSpanId: string;
  readonly traceState: string;
  readonly name: string;
  readonly kind: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Undefined: nobody said. */
  readonly status: 'ok' | 'error' | undefined;
  readonly message: string;
  /** Of the process that sent it. */
  readonly resource: Readonly<Record<string, unknown>>;
  readonly startNs: bigint;
  readonly endNs: bigint;
}

export interface OtlpReceiver {
  /** For OTEL_EXPORTER_OTLP_ENDPOINT. */
  readonly endpoint: string;
  readonly spans: readonly ReceivedSpan[];
  /** Of each export, as they came. */
  readonly requests: readonly IncomingMessage[];
  /** The bytes of all of them, decoded from gzip. */
  readonly bytes: () => Buffer;
  /** Resolves when so many spans fit. */
  received(count: number, fits?: (span: ReceivedSpan) => boolean): Promise<readonly ReceivedSpan[]>;
}

export interface OtlpReceiverOptions {
  /** What becomes of an export; absent: it is taken. */
  readonly answer?: (request: IncomingMessage, response: ServerResponse) => void;
  readonly port?: number;
}

const protos = join(import.meta.dirname, 'otlp');
const definition = loadSync('opentelemetry/proto/collector/trace/v1/trace_service.proto', {
  includeDirs: [protos],
  longs: String,
  enums: String,
  oneofs: true,
});
const service = definition['opentelemetry.proto.collector.trace.v1.TraceService'] as ServiceDefinition;

/** OpenTelemetry's own definitions, read by protobuf.js, behind the HTTP of OTLP. */
export async function startOtlpReceiver(test: TestContext, options: OtlpReceiverOptions = {}): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  const requests: IncomingMessage[] = [];
  const bodies: Buffer[] = [];
  const waiting = new Set<() => void>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const sent = Buffer.concat(chunks);
      const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
      requests.push(request);
      bodies.push(body);
      if (request.url === '/v1/traces') spans.push(...decode(body));
      if (options.answer === undefined) response.setHeader('content-type', 'application/x-protobuf').end();
      else options.answer(request, response);
      for (const look of waiting) look();
    });
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  test.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    requests,
    bytes: () => Buffer.concat(bodies),
    received(count, fits = () => true) {
      return new Promise((resolve) => {
        const look = (): void => {
          const found = spans.filter(fits);
          if (found.length < count) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      });
    },
  };
}

interface Value {
  readonly value?: string;
  readonly [kind: string]: unknown;
}

interface Attribute {
  readonly key: string;
  readonly value: Value;
}

interface Span {
  readonly traceId: Buffer;
  readonly spanId: Buffer;
  readonly parentSpanId?: Buffer;
  readonly traceState?: string;
  readonly name: string;
  readonly kind: string;
  readonly attributes?: readonly Attribute[];
  readonly status?: { readonly code?: string; readonly message?: string };
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
}

interface Exported {
  readonly resourceSpans?: readonly {
    readonly resource?: { readonly attributes?: readonly Attribute[] };
    readonly scopeSpans?: readonly { readonly spans?: readonly Span[] }[];
  }[];
}

function decode(body: Buffer): readonly ReceivedSpan[] {
  const method = service.Export;
  if (method === undefined) throw new Error('no method Export');
  const { resourceSpans = [] } = method.requestDeserialize(body) as Exported;
  return resourceSpans.flatMap(({ resource, scopeSpans = [] }) => {
    const of = attributesOf(resource?.attributes);
    return scopeSpans.flatMap(({ spans = [] }) => spans.map((span) => receivedSpan(span, of)));
  });
}

function receivedSpan(span: Span, resource: ReceivedSpan['resource']): ReceivedSpan {
  const { code } = span.status ?? {};
  return {
    traceId: span.traceId.toString('hex'),
    spanId: span.spanId.toString('hex'),
    parentSpanId: span.parentSpanId?.toString('hex') ?? '',
    traceState: span.traceState ?? '',
    name: span.name,
    kind: span.kind,
    attributes: attributesOf(span.attributes),
    status: code === 'STATUS_CODE_ERROR' ? 'error' : code === 'STATUS_CODE_OK' ? 'ok' : undefined,
    message: span.status?.message ?? '',
    resource,
    startNs: BigInt(span.startTimeUnixNano),
    endNs: BigInt(span.endTimeUnixNano),
  };
}

function attributesOf(attributes: readonly Attribute[] = []): Record<string, unknown> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => {
      const of = value.value === undefined ? undefined : value[value.value];
      return [key, value.value === 'intValue' ? Number(of) : of];
    }),
  );
}
