import type { LogLine } from './sidecar.ts';

/** How much later than Envoy's line the sidecar's lines of a request may come: both write ten times a second. */
const LATER_MS = 250;
/** Requests whose lines are kept until Envoy's line arrives. */
const MAX_KEPT = 1000;

/** One line for each request, from the logs of Envoy and the sidecar. */
export class RequestLines {
  readonly #tell: (line: string) => void;
  readonly #logs = new Map<string, LogLine[]>();
  /** Milliseconds since 1970. */
  readonly #since = Date.now();

  /** For requests from now on. */
  constructor(tell: (line: string) => void) {
    this.#tell = tell;
  }

  /** A line of the sidecar's log. */
  addLog(line: LogLine): void {
    const { requestId } = line;
    if (typeof requestId !== 'string') return;
    const [oldest] = this.#logs.keys();
    if (this.#logs.size === MAX_KEPT && oldest !== undefined) this.#logs.delete(oldest);
    this.#logs.set(requestId, [...(this.#logs.get(requestId) ?? []), line]);
  }

  /** Envoy's line for a request that has ended. */
  add(request: LogLine): void {
    if (Number(request.start) < this.#since) return;
    setTimeout(() => {
      const id = String(request.id);
      this.#tell(requestLine(request, this.#logs.get(id) ?? []));
      this.#logs.delete(id);
    }, LATER_MS).unref();
  }
}

/** `POST /orders → 200 in 12 ms: API orders; tier called customer-tier (8 ms); changed x-tier`. */
function requestLine(request: LogLine, logs: readonly LogLine[]): string {
  const { method, path, route, status, milliseconds } = request;
  const without = typeof route === 'string' ? 'no policies on this route' : 'no route in envoy/envoy.yaml';
  const facts = logs.length === 0 ? [without] : factsOf(request, logs);
  return [`${method} ${path} → ${status} in ${milliseconds} ms: ${facts.join('; ')}`, ...reasonsOf(logs)].join(
    '\n    ',
  );
}

function factsOf({ changed, errorKey }: LogLine, logs: readonly LogLine[]): readonly string[] {
  const calls = logs.filter(({ msg }) => msg === 'invocation');
  const [{ api } = {}] = logs;
  // Without one the request was refused before its policies.
  const decision = logs.find(({ msg }) => msg === 'decision') ?? {};
  const uncalled = textsOf(decision.ran).filter((name) => calls.every(({ policy }) => policy !== name));
  const failed = (name: string): boolean => logs.some(({ policy, kind }) => policy === name && kind !== undefined);
  const response = decision.decision === 'forwarded' ? textsOf(decision.responseHeaders) : [];
  return [
    textOf(api) === '' ? 'no API' : `API ${textOf(api)}`,
    ...calls.map(callText),
    ...uncalled.map((name) => `${name} ${failed(name) ? 'failed without a call' : 'had a cached result'}`),
    ...textsOf(decision.skipped).map((name) => `${name} was skipped`),
    ...(decision.decision === 'answered' ? ['answered instead of the backend'] : []),
    ...(typeof errorKey === 'string' ? [`answered with the error ${errorKey}`] : []),
    ...(textOf(changed) === '' ? [] : [`changed ${textOf(changed)}`]),
    ...(response.length === 0 ? [] : [`changed ${response.join(', ')} of the response`]),
  ];
}

function callText({ policy, function: name, outcome, durationMs }: LogLine): string {
  const failed = outcome === 'ok' ? '' : ', which failed';
  return `${textOf(policy)} called ${textOf(name)}${failed} (${Math.round(Number(durationMs))} ms)`;
}

/** The reasons for failures, each once; the function's own message if there is one. */
function reasonsOf(logs: readonly LogLine[]): readonly string[] {
  const reasons = logs.flatMap(({ functionErrorType, functionErrorMessage, place, reason, kind }) => {
    if (typeof functionErrorMessage === 'string') return [`${textOf(functionErrorType)}: ${functionErrorMessage}`];
    if (typeof reason !== 'string' || kind === 'function_error') return [];
    const text = `${reason}${missingFile(reason)}`;
    return [typeof place === 'string' ? `${place}: ${text}` : text];
  });
  return [...new Set(reasons)];
}

/** What to do about a function that the local AWS does not have. */
function missingFile(reason: string): string {
  const [, name] = /^ResourceNotFoundException .*:function:([\w-]+)$/.exec(reason) ?? [];
  return name === undefined ? '' : `\n    Correct the name, or write the function: demo/functions/${name}.mjs`;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(textOf) : [];
}
