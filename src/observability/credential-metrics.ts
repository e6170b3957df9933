import type { Registry } from 'prom-client';
import { type Cell, CellCounter } from './cell-counter.ts';
import { createGauge } from './create-metric.ts';
import { LabelValues } from './label-values.ts';

/** Role names may contain a caller's data. */
const MAX_SOURCES = 100;

/** One set of credentials in use; times in milliseconds since the epoch. */
export interface CredentialState {
  /** Where they come from, e.g. `default` or the role's name. Never a key. */
  readonly source: string;
  /** Whether there are valid credentials. */
  readonly ok: boolean;
  readonly obtainedAt?: number | undefined;
  readonly expiresAt?: number | undefined;
  /** Whether they are used although they have expired. */
  readonly pastExpiry?: boolean | undefined;
}

/** Requests to sources of credentials, by result. */
export class CredentialRefreshes {
  readonly #counter: CellCounter<'credentialRefreshes'>;
  readonly #sources = new LabelValues(MAX_SOURCES);
  readonly #cells = new Map<string, { readonly ok: Cell; readonly failed: Cell }>();

  constructor(registry: Registry) {
    this.#counter = new CellCounter('credentialRefreshes', registry);
  }

  add(source: string, ok: boolean): void {
    const name = this.#sources.bound(source);
    let cells = this.#cells.get(name);
    if (cells === undefined) {
      const cell = (result: 'ok' | 'failed'): Cell => this.#counter.cell({ source: name, result });
      cells = { ok: cell('ok'), failed: cell('failed') };
      this.#cells.set(name, cells);
    }
    cells[ok ? 'ok' : 'failed'].add(1);
  }
}

/** `all` is called at each scrape. */
export function credentialGauges(registry: Registry, all: () => Iterable<CredentialState>): void {
  const states = (): CredentialState[] => [...all()].slice(0, MAX_SOURCES);
  createGauge('credentialsAge', registry, (gauge) => {
    gauge.reset();
    for (const { source, obtainedAt } of states()) {
      if (obtainedAt !== undefined) gauge.set({ source }, Math.max(0, (Date.now() - obtainedAt) / 1000));
    }
  });
  createGauge('credentialsExpiry', registry, (gauge) => {
    gauge.reset();
    for (const { source, expiresAt } of states()) if (expiresAt !== undefined) gauge.set({ source }, expiresAt / 1000);
  });
  createGauge('credentialsValid', registry, (gauge) => {
    gauge.reset();
    for (const { source, ok } of states()) gauge.set({ source }, ok ? 1 : 0);
  });
  createGauge('credentialsPastExpiry', registry, (gauge) => {
    gauge.reset();
    for (const { source, pastExpiry = false } of states()) gauge.set({ source }, pastExpiry ? 1 : 0);
  });
}
