import type { BenchCase } from '../cases.ts';

/** A measured subject: one kind of server behind Envoy, or Envoy without a server. */
export interface Subject {
  /** The name of its route and of its column. */
  readonly name: string;
  readonly title: string;
  /** Unix sockets where Envoy reaches it, as `unix:/path`. */
  readonly addresses: readonly string[];
  readonly without?: 'aws_lambda' | 'filters';
  can(benchCase: BenchCase): boolean;
  /** Starts a new process only for this case; resolves when it is ready. Rejects with the output of the process. */
  start(benchCase: BenchCase): Promise<StartedServer>;
}

export interface StartedServer {
  /** Undefined if there is no server, only Envoy. */
  readonly pid?: number;
  stop(): Promise<void>;
}

export interface SubjectContext {
  /** Directory for sockets, configurations and logs. */
  readonly directory: string;
  /** URL of the mock. */
  readonly lambda: string;
}
