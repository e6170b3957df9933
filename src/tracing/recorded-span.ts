import {
  type Context,
  SpanKind as OtelKind,
  ROOT_CONTEXT,
  type Span,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import type { OutgoingTrace, SpanAttributes, SpanKind, SpanValue, TraceSpan } from './span.ts';
import { formatTraceParent, formatXRayHeader, type TraceParent } from './trace-parent.ts';

const KINDS: Readonly<Record<SpanKind, OtelKind>> = {
  internal: OtelKind.INTERNAL,
  server: OtelKind.SERVER,
  client: OtelKind.CLIENT,
};

type Redact = (text: string) => string;

/** Values that are the same in the whole trace. */
interface Carried {
  readonly random: boolean;
  readonly traceState: string | undefined;
}

/** A span whose parent is outside of this process, or the first of a trace. The sampler decides whether it is recorded. */
export function beginSpan(tracer: Tracer, name: string, kind: SpanKind, parent: TraceParent | undefined): TraceSpan {
  const context = parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, remoteContext(parent));
  const span = tracer.startSpan(name, { kind: KINDS[kind] }, context);
  const carried = { random: parent?.random ?? false, traceState: parent?.traceState };
  return span.isRecording() ? new RecordedSpan(tracer, span, carried, undefined) : new UnrecordedSpan(span, carried);
}

function remoteContext({ traceId, spanId, sampled, traceState }: TraceParent) {
  const kept = traceState === undefined ? {} : { traceState: new KeptTraceState(traceState) };
  return { traceId, spanId, traceFlags: sampled ? 1 : 0, isRemote: true, ...kept };
}

/** Not changed by this process's spans. */
class KeptTraceState {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  get(key: string): string | undefined {
    const member = this.#text.split(',').find((one) => one.startsWith(`${key}=`));
    return member?.slice(key.length + 1);
  }

  set(): this {
    return this;
  }

  unset(): this {
    return this;
  }

  serialize(): string {
    return this.#text;
  }
}

function outgoingOf(span: Span, { random, traceState }: Carried, sampled: boolean): OutgoingTrace {
  const { traceId, spanId } = span.spanContext();
  const place = { traceId, spanId, sampled, random };
  return { traceparent: formatTraceParent(place), tracestate: traceState, xAmznTraceId: formatXRayHeader(place) };
}

class UnrecordedSpan implements TraceSpan {
  readonly isRecorded = false;
  readonly #span: Span;
  readonly #carried: Carried;

  constructor(span: Span, carried: Carried) {
    this.#span = span;
    this.#carried = carried;
  }

  get traceId(): string {
    return this.#span.spanContext().traceId;
  }

  get outgoing(): OutgoingTrace {
    return outgoingOf(this.#span, this.#carried, false);
  }

  child(): TraceSpan {
    return this;
  }

  redact(): void {}

  set(): void {}

  fail(): void {}

  end(): void {}
}

class RecordedSpan implements TraceSpan {
  readonly isRecorded = true;
  readonly #tracer: Tracer;
  readonly #span: Span;
  readonly #carried: Carried;
  #context: Context | undefined;
  #ended = false;
  #redact: Redact | undefined;

  constructor(tracer: Tracer, span: Span, carried: Carried, redact: Redact | undefined) {
    this.#tracer = tracer;
    this.#span = span;
    this.#carried = carried;
    this.#redact = redact;
  }

  get traceId(): string {
    return this.#span.spanContext().traceId;
  }

  get outgoing(): OutgoingTrace {
    return outgoingOf(this.#span, this.#carried, true);
  }

  child(name: string, kind: SpanKind, attributes: SpanAttributes = {}): TraceSpan {
    this.#context ??= trace.setSpan(ROOT_CONTEXT, this.#span);
    const span = this.#tracer.startSpan(this.#shown(name), { kind: KINDS[kind] }, this.#context);
    const child = new RecordedSpan(this.#tracer, span, this.#carried, this.#redact);
    for (const key of Object.keys(attributes)) child.set(key, attributes[key]);
    return child;
  }

  redact(redact: Redact): void {
    this.#redact = redact;
  }

  set(name: string, value: SpanValue | undefined): void {
    if (value === undefined || this.#ended) return;
    this.#span.setAttribute(name, typeof value === 'string' ? this.#shown(value) : value);
  }

  fail(errorType: string, message?: string): void {
    if (this.#ended) return;
    this.set('error.type', errorType);
    const text = message === undefined ? {} : { message: this.#shown(message) };
    this.#span.setStatus({ code: SpanStatusCode.ERROR, ...text });
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#span.end();
  }

  #shown(text: string): string {
    return this.#redact?.(text) ?? text;
  }
}
