import type { BenchCase } from '../cases.ts';

/** What is measured: a server of one kind behind Envoy, or what Envoy does without one. */
export interface Subject {
  /** Of its route and its column. */
  readonly name: string;
  readonly title: string;
  /** Unix sockets that Envoy finds it at, `unix:/path`. */
  readonly addresses: readonly string[];
  readonly without?: 'aws_lambda' | 'filters';
  can(benchCase: BenchCase): boolean;
  /** A fresh process that does this case and nothing else, ready. Rejects with what it printed. */
  start(benchCase: BenchCase): Promise<StartedServer>;
}

export interface StartedServer {
  /** Undefined where Envoy does it all. */
  readonly pid?: number;
  stop(): Promise<void>;
}

export interface SubjectContext {
  /** Sockets, configurations and logs go there. */
  readonly directory: string;
  /** URL of the mock. */
  readonly lambda: string;
}
