/** What the page shows and tries, as plain data. The server knows nothing of policies. */
export interface PlaygroundSource {
  /** What there is to try, with a `revision` that changes with it. */
  document(): { readonly revision: number };
  /** Resolves when the revision is another one, or the signal fires. */
  changed(revision: number, signal: AbortSignal): Promise<void>;
  /** Tries what the page sent. Rejects with PlaygroundRefusal for what cannot be tried. */
  run(asked: unknown): Promise<unknown>;
}

/** The page's author can do something about it: its message is shown. */
export class PlaygroundRefusal extends Error {
  override readonly name = 'PlaygroundRefusal';
}
