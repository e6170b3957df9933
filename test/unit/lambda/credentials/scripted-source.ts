import type { ResolvedCredentials } from '../../../../src/lambda/resolved-credentials.ts';
import type { ManualClock } from './manual-clock.ts';

type Step = 'session' | 'same' | 'hang' | Error;

/** Where credentials come from in a test: sessions of `lifeMs`, unless it is told to fail, to hang or to repeat itself. */
export class ScriptedSource {
  loads = 0;
  next: Step = 'session';
  lifeMs: number | undefined;
  /** Milliseconds that a load takes. */
  takesMs = 0;
  /** They are of an instance or a container. */
  outlivesSource = false;
  readonly given: ResolvedCredentials[] = [];
  readonly #clock: ManualClock;

  constructor(clock: ManualClock, lifeMs?: number) {
    this.#clock = clock;
    this.lifeMs = lifeMs;
  }

  readonly load = (): Promise<ResolvedCredentials> => {
    this.loads++;
    const { promise, resolve, reject } = Promise.withResolvers<ResolvedCredentials>();
    const step = this.next;
    if (step === 'hang') return promise;
    const answer = (): void => (step instanceof Error ? reject(step) : resolve(this.#give(step)));
    if (this.takesMs === 0) answer();
    else this.#clock.after(this.takesMs, answer);
    return promise;
  };

  #give(step: 'session' | 'same'): ResolvedCredentials {
    const last = this.given.at(-1);
    if (step === 'same' && last !== undefined) return { ...last };
    const expiration = this.lifeMs === undefined ? undefined : this.#clock.time + this.lifeMs;
    const fresh = {
      accessKeyId: `key-${this.loads}`,
      secretAccessKey: 's',
      sessionToken: `t-${this.loads}`,
      expiration,
      outlivesSource: this.outlivesSource,
    };
    this.given.push(fresh);
    return fresh;
  }
}
