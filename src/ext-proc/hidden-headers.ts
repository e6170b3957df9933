import type { Logger } from 'pino';

/** APIs that already have a log line: one for each API, and at most this many. */
const MAX_TOLD = 1_000;

/** Warns once for each API that Envoy hides headers (`forward_rules`) whose absence changes what the sidecar does. */
export class HiddenHeaders {
  readonly #logger: Logger;
  readonly #told = new Set<string>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** `missing`: a pseudo-header that every message has. */
  report(api: string, missing: ':method' | ':status'): void {
    if (this.#told.has(api) || this.#told.size >= MAX_TOLD) return;
    this.#told.add(api);
    this.#logger.warn({ api, missing }, `Envoy sends no ${missing}: ${ADVICE}`);
  }
}

const ADVICE =
  'forward_rules of the ext_proc filter hides headers. Hidden headers count as absent, so answers without a body, ' +
  'upgrades, gRPC and endless streams are not recognised. Allow :method, :path, :authority, :scheme, :status, accept, ' +
  'content-type, content-encoding, content-length and upgrade';
