import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import type { PolicySet, PolicySource } from '../policy/index.ts';
import { type ApiDescription, describeApi, describePolicies, type PolicyDescription } from './describe.ts';
import type { DocumentChanges } from './document-changes.ts';
import { loadPoliciesInThread } from './load-in-thread.ts';
import { emptyPolicies, type LoadedPolicies, loadPolicies } from './load-policies.ts';
import type { PolicyStatus } from './policy-status.ts';
import { loggedProblem, PolicyDocumentError, type Problem } from './problem.ts';
import { readDocument } from './read-document.ts';
import type { RightsDocument } from './schema/index.ts';
import { SecretStore } from './secrets/index.ts';

export interface PolicySourceOptions {
  /** Undefined: there is no document, and only inline policies are served. */
  readonly path: string | undefined;
  /** What inline policies may call if there is no document; undefined: nothing. */
  readonly inline?: RightsDocument | undefined;
  /** That the document may read; those of the default frame where nobody says others. */
  readonly secrets?: SecretStore;
  /** For new policies before they are in force; does not reject. */
  readonly prepare?: (set: PolicySet) => Promise<void>;
  /** Told after each reload that was more than a look at an unchanged file. */
  readonly onReload?: (outcome: ReloadOutcome) => void;
  /** How often `watch` looks at the file. */
  readonly pollMs?: number;
  readonly now?: () => Date;
}

export type ReloadOutcome =
  | {
      readonly kind: 'loaded';
      readonly version: string;
      readonly warnings: readonly Problem[];
      readonly changes: DocumentChanges | undefined;
    }
  | { readonly kind: 'unchanged'; readonly version: string }
  /** The policies that ran before stay in force. */
  | { readonly kind: 'failed'; readonly error: Error };

interface InForce extends LoadedPolicies {
  readonly text: string;
  readonly version: string;
  readonly loadedAt: Date;
}

/**
 * The policies of one file, replaced as a whole when it changes. A document that cannot be used, or cannot be read any
 * more, is reported and changes nothing.
 */
export class FilePolicySource implements PolicySource {
  readonly #options: PolicySourceOptions;
  readonly #now: () => Date;
  readonly #secrets: SecretStore;
  #inForce: InForce;
  #lastError: PolicyStatus['lastError'];
  /** Of the file as it was last read, usable or not; taken before, so that a change in between is not missed. */
  #fingerprint: string;
  #turn: Promise<unknown> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  /** Throws PolicyDocumentError, or an error that names a file which cannot be read. */
  static async open(options: PolicySourceOptions): Promise<FilePolicySource> {
    const now = options.now ?? (() => new Date());
    if (options.path === undefined) {
      return new FilePolicySource(
        options,
        { ...emptyPolicies(options.inline), text: '', version: 'none', loadedAt: now() },
        '',
      );
    }
    const fingerprint = await fingerprintOf(options.path);
    const text = await readDocument(options.path);
    const { path, secrets = new SecretStore() } = options;
    const loaded = await secrets.load(() => loadPolicies(text, path, secrets));
    return new FilePolicySource(
      { ...options, secrets },
      { ...loaded, text, version: versionOf(text), loadedAt: now() },
      fingerprint,
    );
  }

  private constructor(options: PolicySourceOptions, inForce: InForce, fingerprint: string) {
    this.#fingerprint = fingerprint;
    this.#options = options;
    this.#secrets = options.secrets ?? new SecretStore();
    this.#now = options.now ?? (() => new Date());
    this.#inForce = inForce;
  }

  current(): PolicySet {
    return this.#inForce.set;
  }

  /** The document in force as it was read; undefined if there is none. */
  get document(): { readonly file: string; readonly text: string } | undefined {
    const { path } = this.#options;
    return path === undefined ? undefined : { file: path, text: this.#inForce.text };
  }

  /** Routes may bring policies of their own. */
  get servesInline(): boolean {
    return this.#inForce.inlineAllowed;
  }

  get status(): PolicyStatus {
    const { version, loadedAt, warnings } = this.#inForce;
    return { file: this.#options.path, version, loadedAt, warnings, lastError: this.#lastError };
  }

  /** For people who ask the admin port: what is in force, without payloads, conditions, keys and roles. */
  describe(): PolicyDescription {
    return describePolicies(this.#inForce.set, this.status);
  }

  /** In the order of the document. */
  get apiNames(): readonly string[] {
    return [...this.#inForce.set.apis.keys()];
  }

  /** As `describe`, of one API; undefined if there is none of this name. */
  describeApi(name: string): ApiDescription | undefined {
    const api = this.#inForce.set.apis.get(name);
    return api && describeApi(api);
  }

  /** Reads the file again, one reload after the other. Never rejects. */
  reload(): Promise<ReloadOutcome> {
    const turn = this.#turn.then(() => this.#reload());
    this.#turn = turn;
    return turn;
  }

  /**
   * Reloads when the file changes, until `close`. The file is looked at rather than watched: that also sees the
   * symbolic links of a Kubernetes ConfigMap change, network file systems, and editors that replace the file. It is
   * read once it looks the same twice, so that a file in the middle of being written is left alone.
   */
  watch(): void {
    if (this.#options.path === undefined || this.#timer !== undefined) return;
    const path = this.#options.path;
    let before: string | undefined;
    let looking = false;
    const look = async (): Promise<void> => {
      const now = await fingerprintOf(path);
      if (now !== this.#fingerprint && now === before) await this.reload();
      before = now;
    };
    const tick = (): void => {
      if (looking) return;
      looking = true;
      void look().finally(() => {
        looking = false;
      });
    };
    tick();
    this.#timer = setInterval(tick, this.#options.pollMs ?? 500).unref();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #reload(): Promise<ReloadOutcome> {
    const outcome = await this.#tryReload();
    if (outcome.kind === 'failed') this.#lastError = { at: this.#now(), message: outcome.error.message };
    else this.#lastError = undefined;
    this.#options.onReload?.(outcome);
    return outcome;
  }

  async #tryReload(): Promise<ReloadOutcome> {
    const { path } = this.#options;
    if (path === undefined) return { kind: 'unchanged', version: this.#inForce.version };
    try {
      this.#fingerprint = await fingerprintOf(path);
      const text = await readDocument(path);
      const version = versionOf(text);
      // Secrets of the document are read again even when its text is the same: they may have been rotated.
      const isNew = version !== this.#inForce.version;
      const before = isNew ? this.#inForce.text : undefined;
      const { changes, ...loaded } = await loadPoliciesInThread(text, path, this.#secrets, before);
      await this.#options.prepare?.(loaded.set);
      this.#inForce = { ...loaded, text, version, loadedAt: this.#now() };
      return isNew ? { kind: 'loaded', version, warnings: loaded.warnings, changes } : { kind: 'unchanged', version };
    } catch (error) {
      return { kind: 'failed', error: error instanceof Error ? error : new Error(String(error)) };
    }
  }
}

/** The lines that a log wants of an error of this folder. */
export function problemLines(error: unknown): readonly string[] {
  if (error instanceof PolicyDocumentError) return error.problems.map(loggedProblem);
  return [error instanceof Error ? error.message : String(error)];
}

function versionOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

/** Of what a path leads to, links followed. A file that is missing has a fingerprint of its own. */
async function fingerprintOf(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}`;
  } catch {
    return 'gone';
  }
}
