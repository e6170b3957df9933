import type { LogLine } from './sidecar.ts';

/** How long the sidecar's lines of a request may come after Envoy's: both write what they have ten times a second. */
const LATER_MS = 250;
/** Requests whose lines are kept for an Envoy that has not told of them yet. */
const MAX_KEPT = 1000;

/** One line for each request, of what Envoy and the sidecar tell of it in their logs. */
export class RequestLines {
  readonly #tell: (line: string) => void;
  readonly #logs = new Map<string, LogLine[]>();

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

  /** What Envoy tells of a request when it has ended. */
  add(request: LogLine): void {
    setTimeout(() => {
      const id = String(request.id);
      this.#tell(requestLine(request, this.#logs.get(id) ?? []));
      this.#logs.delete(id);
    }, LATER_MS).unref();
  }
}

/** `POST /orders → 200 in 12 ms: tier 8 ms; changed x-tier`. */
function requestLine(request: LogLine, logs: readonly LogLine[]): string {
  const { method, path, status, milliseconds, policies, errorKey, changed } = request;
  const steps = Object.entries((policies ?? {}) as Readonly<Record<string, { readonly durationMs: number }>>);
  const ran = steps.map(([name, { durationMs }]) => `${name} ${Math.round(durationMs)} ms`);
  const facts = [
    ran.length === 0 ? 'no function was called' : ran.join(', '),
    ...(typeof changed === 'string' && changed !== '' ? [`changed ${changed}`] : []),
    ...(typeof errorKey === 'string' ? [errorKey] : []),
  ];
  const reasons = logs.flatMap(({ reason }) => (typeof reason === 'string' ? [`\n    ${reason}`] : []));
  return `${method} ${path} → ${status} in ${milliseconds} ms: ${facts.join('; ')}${reasons.join('')}`;
}
