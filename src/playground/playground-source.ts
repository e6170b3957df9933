/** What the page shows and tries, as plain data. The server knows nothing of policies. */
export interface PlaygroundSource {
  /** What there is to try, with a `revision` that changes with it. */
  document(): { readonly revision: number };
  /** Resolves when the revision has changed, or the signal fires. */
  changed(revision: number, signal: AbortSignal): Promise<void>;
  /** Runs what the page sent. Rejects with PlaygroundRefusal if that is not possible. */
  run(asked: unknown): Promise<unknown>;
}

/** An error that the page's user can fix: its message is shown. */
export class PlaygroundRefusal extends Error {
  override readonly name = 'PlaygroundRefusal';
}
