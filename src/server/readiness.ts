/** `degraded` works, but not as the operator intends: the process stays ready and reports why. */
export type CheckStatus = 'ok' | 'degraded' | 'failed';

export interface Check {
  readonly status: CheckStatus;
  /** One line for people. */
  readonly reason: string;
}

/** What /readyz answers. */
export interface Readiness {
  readonly ready: boolean;
  readonly checks: Readonly<Record<string, Check>>;
  /** Why nothing can work yet. It delays the first readiness of a process, and never ends it later. */
  readonly awaits?: string | undefined;
}

/** Ready when no check has failed. */
export function readinessOf(checks: Readonly<Record<string, Check>>, awaits?: string | undefined): Readiness {
  return { ready: Object.values(checks).every(({ status }) => status !== 'failed'), checks, awaits };
}
