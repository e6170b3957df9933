import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { createNoopMeter, type MeterProvider } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { defaultResource, type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { Logger } from '../observability/index.ts';
import type { ExporterSettings } from './exporter-settings.ts';
import { beginSpan } from './recorded-span.ts';
import type { BatchSettings, TracingSettings } from './settings.ts';
import type { Tracing, TracingObserver } from './span.ts';
import { StreamSampler } from './stream-sampler.ts';
import { TraceRate } from './trace-rate.ts';
import { WatchedExporter } from './watched-exporter.ts';

export interface TracingParts {
  readonly observer: TracingObserver;
  readonly logger: Logger;
  readonly version: string;
  /** The worker's number, if there are several workers. */
  readonly worker: number | undefined;
}

type ExporterOptions = Required<NonNullable<ConstructorParameters<typeof OTLPTraceExporter>[0]>>;

const SERVICE = 'lambda-ext-proc';
/** Concurrent exports. A receiver that never ends its answers uses no more memory than these. */
const CONCURRENT_BATCHES = 4;
/** Characters of an attribute's text, so that a full queue has a maximum size in bytes. */
const MAX_TEXT = 256;
const MAX_ATTRIBUTES = 32;

/** Spans with OpenTelemetry's SDK, sent in batches. Importing this file loads the SDK. */
export function createTracing(settings: TracingSettings, parts: TracingParts): Tracing {
  const { observer, logger, version } = parts;
  const exporter = new WatchedExporter(createExporter(settings.exporter), observer, logger);
  const processor = createProcessor(settings.batch, exporter, observer);
  const provider = new TracerProvider({
    resource: createResource(settings, parts),
    sampler: new StreamSampler(settings.sampler, new TraceRate(), () => observer.traceLimited()),
    spanLimits: {
      attributeValueLengthLimit: MAX_TEXT,
      attributeCountLimit: MAX_ATTRIBUTES,
      eventCountLimit: 0,
      linkCountLimit: 0,
    },
    spanProcessors: [processor],
  });
  const tracer = provider.getTracer(SERVICE, version);
  return {
    begin: (name, kind, parent) => beginSpan(tracer, name, kind, parent),
    close: (timeoutMs) => closeWithin(provider, timeoutMs),
  };
}

/** Every option is set, so that the exporter does not read variables itself. */
function createExporter({ url, headers, timeoutMs, compression, ca, cert, key }: ExporterSettings): OTLPTraceExporter {
  return new OTLPTraceExporter({
    url,
    headers: { ...headers },
    timeoutMillis: timeoutMs,
    compression: compression as ExporterOptions['compression'],
    concurrencyLimit: CONCURRENT_BATCHES,
    httpAgentOptions: { keepAlive: true, ca, cert, key },
    userAgent: SERVICE,
  });
}

function createProcessor(
  { delayMs, timeoutMs, queue, batch }: BatchSettings,
  exporter: WatchedExporter,
  observer: TracingObserver,
): BatchSpanProcessor {
  return new BatchSpanProcessor({
    exporter,
    scheduledDelayMillis: delayMs,
    exportTimeoutMillis: timeoutMs,
    maxQueueSize: queue,
    maxExportBatchSize: batch,
    selfObsMeterProvider: dropCounter(observer),
  });
}

/** Only the processor's own counter shows how many spans its full queue dropped. */
function dropCounter(observer: TracingObserver): MeterProvider {
  const meter = createNoopMeter();
  meter.createCounter = () => ({
    add(count, attributes) {
      if (attributes?.['error.type'] === 'queue_full') observer.spans('dropped', count);
    },
  });
  return { getMeter: () => meter };
}

function createResource({ resource }: TracingSettings, { version, worker }: TracingParts): Resource {
  const own = {
    'service.name': SERVICE,
    'service.version': version,
    'service.instance.id': randomUUID(),
    'host.name': hostname(),
    'process.pid': process.pid,
    ...(worker === undefined ? {} : { 'lambda_ext_proc.worker': worker }),
  };
  return defaultResource().merge(resourceFromAttributes({ ...own, ...resource }));
}

/** A receiver that is down or slow delays nothing. */
async function closeWithin(provider: TracerProvider, timeoutMs: number): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, timeoutMs);
  const closed = provider.shutdown().catch(() => {});
  await Promise.race([closed, late]);
  clearTimeout(timer);
}
