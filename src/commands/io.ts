/** The environment of a command; tests pass their own. */
export interface CommandIo {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  readonly stdin?: AsyncIterable<Uint8Array | string> | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}
