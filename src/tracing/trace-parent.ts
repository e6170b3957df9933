import { readTraceState } from './trace-state.ts';

/** A span outside of this process that is the parent of a span here. */
export interface TraceParent {
  /** 32 hexadecimal digits in lower case, not all 0. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  readonly sampled: boolean;
  /** The trace id has at least 56 random bits (Trace Context, level 2). */
  readonly random: boolean;
  readonly traceState: string | undefined;
}

/** Headers of a request, or metadata of a gRPC call. */
export interface TraceCarrier {
  /** All values of a name in lower case. */
  values(name: string): readonly string[] | undefined;
}

/** Longer ones are not valid: version 00 has 55 characters, and later versions add little. */
const MAX_LENGTH = 256;
const VERSION_00_LENGTH = 55;
const TRACE_PARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-|$)/;
const NO_TRACE = '0'.repeat(32);
const NO_SPAN = '0'.repeat(16);
const SAMPLED = 1;
const RANDOM = 2;

/** AWS X-Ray's header: the time as 8 digits, 24 more, and the span. The order of its fields is free. */
const XRAY_ROOT = /^1-([0-9a-f]{8})-([0-9a-f]{24})$/;
const XRAY_PARENT = /^[0-9a-f]{16}$/;

/**
 * The parent from `traceparent` and `tracestate`, otherwise from `X-Amzn-Trace-Id`, which an Envoy with the X-Ray tracer sends.
 * Undefined if there is none, or an invalid one: then a new trace begins. Never throws, whatever a caller sends.
 */
export function readTraceParent(carrier: TraceCarrier): TraceParent | undefined {
  const values = carrier.values('traceparent');
  // With two values it is not known which one is right.
  const [text] = values ?? [];
  if (text !== undefined && values?.length === 1) {
    const parent = parseTraceParent(text);
    if (parent !== undefined) {
      const traceState = readTraceState(carrier.values('tracestate'));
      return traceState === undefined ? parent : { ...parent, traceState };
    }
  }
  const xray = carrier.values('x-amzn-trace-id');
  const [header] = xray ?? [];
  return header === undefined || xray?.length !== 1 ? undefined : parseXRayHeader(header);
}

/** By the rules of https://www.w3.org/TR/trace-context-2/#versioning-of-traceparent: later versions begin as 00 does. */
export function parseTraceParent(text: string): TraceParent | undefined {
  if (text.length < VERSION_00_LENGTH || text.length > MAX_LENGTH) return undefined;
  const match = TRACE_PARENT.exec(text);
  if (match === null) return undefined;
  const [, version = '', traceId = '', spanId = '', flags = ''] = match;
  if (version === 'ff' || (version === '00' && text.length !== VERSION_00_LENGTH)) return undefined;
  if (traceId === NO_TRACE || spanId === NO_SPAN) return undefined;
  const bits = Number.parseInt(flags, 16);
  return {
    traceId,
    spanId,
    sampled: (bits & SAMPLED) !== 0,
    random: (bits & RANDOM) !== 0,
    traceState: undefined,
  };
}

/** `Root=1-67891233-abcdef012345678912345678;Parent=463ac35c9f6413ad;Sampled=1`. Without a Parent it names no span. */
function parseXRayHeader(text: string): TraceParent | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  let root: RegExpExecArray | null = null;
  let spanId = NO_SPAN;
  let sampled = false;
  for (const field of text.split(';')) {
    const at = field.indexOf('=');
    const name = field.slice(0, at).trim();
    const value = field.slice(at + 1).trim();
    if (name === 'Root') root = XRAY_ROOT.exec(value);
    else if (name === 'Parent' && XRAY_PARENT.test(value)) spanId = value;
    else if (name === 'Sampled') sampled = value === '1';
  }
  if (root === null || spanId === NO_SPAN) return undefined;
  const traceId = `${root[1]}${root[2]}`;
  return traceId === NO_TRACE ? undefined : { traceId, spanId, sampled, random: false, traceState: undefined };
}

/** The header fields for a span of an outgoing call. */
export function formatTraceParent({ traceId, spanId, sampled, random }: Omit<TraceParent, 'traceState'>): string {
  return `00-${traceId}-${spanId}-0${(sampled ? SAMPLED : 0) | (random ? RANDOM : 0)}`;
}

/** The same as Lambda and X-Ray read it (https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader). */
export function formatXRayHeader({ traceId, spanId, sampled }: Omit<TraceParent, 'traceState'>): string {
  return `Root=1-${traceId.slice(0, 8)}-${traceId.slice(8)};Parent=${spanId};Sampled=${sampled ? 1 : 0}`;
}
