import { EventEmitter, once } from 'node:events';
import { unwatchFile, watchFile } from 'node:fs';
import {
  formatProblem,
  type LoadedPolicies,
  loadPolicies,
  PolicyDocumentError,
  readDocument,
} from '../../config/index.ts';
import { describeError } from '../../observability/index.ts';
import { PlaygroundRefusal, type PlaygroundSource } from '../../playground/index.ts';
import { readBackend, readFunctions, readRequest } from './case-document.ts';
import { ApiChoiceError } from './choose-api.ts';
import { type PageExample, pageExamples } from './page-examples.ts';
import { runView } from './run-view.ts';
import { StandIns } from './stand-ins.ts';
import { tryRun } from './try-run.ts';
import { readCases, type TrySetup } from './try-setup.ts';

/** How often the document's file is looked at. */
const WATCH_MS = 300;

/** The state of the document for the page. */
export interface ShownDocument {
  readonly revision: number;
  readonly file: string;
  readonly apis: readonly string[];
  /** Why it cannot be used; "" if it can. */
  readonly problem: string;
  readonly warnings: readonly string[];
  readonly examples: readonly PageExample[];
}

/** The one document of a playground, loaded again when its file changes. No request of the page names another, or any file. */
export class PlaygroundDocument implements PlaygroundSource {
  readonly #setup: TrySetup;
  readonly #standIns: StandIns;
  readonly #changes = new EventEmitter({ captureRejections: false }).setMaxListeners(0);
  #loaded: LoadedPolicies | undefined;
  #shown: ShownDocument;

  constructor(setup: TrySetup) {
    this.#setup = setup;
    this.#standIns = new StandIns(setup.standIns);
    this.#shown = { revision: 0, file: setup.config, apis: [], problem: '', warnings: [], examples: [] };
  }

  /** Loads the document, and follows its file. One that cannot be used is reported on the page. */
  async start(): Promise<void> {
    await this.#load();
    for (const file of this.#files) watchFile(file, { interval: WATCH_MS, persistent: false }, () => void this.#load());
  }

  stop(): void {
    for (const file of this.#files) unwatchFile(file);
  }

  get #files(): readonly string[] {
    const { config, testFile } = this.#setup;
    return testFile === undefined ? [config] : [config, testFile];
  }

  document(): ShownDocument {
    return this.#shown;
  }

  async changed(revision: number, signal: AbortSignal): Promise<void> {
    if (this.#shown.revision !== revision) return;
    await once(this.#changes, 'change', { signal }).catch(() => undefined);
  }

  async run(asked: unknown): Promise<unknown> {
    if (this.#loaded === undefined) throw new PlaygroundRefusal(this.#shown.problem);
    const { api, request, functions, backend } = textsOf(asked);
    try {
      const { run, missing } = await tryRun({
        set: this.#loaded.set,
        given: {
          api,
          request: readRequest(request, 'Request'),
          functions: readFunctions(functions, 'Answers of the functions'),
          backend: readBackend(backend, 'Response of the backend'),
        },
        envoy: this.#setup.envoy,
        invoker: undefined,
        secrets: () => this.#standIns.values,
      });
      const problem = missing === undefined ? '' : `${missing.message}; write it under Answers of the functions`;
      return { ...runView(run), problem };
    } catch (error) {
      if (error instanceof PolicyDocumentError)
        throw new PlaygroundRefusal(error.problems.map(formatProblem).join('\n'));
      if (error instanceof ApiChoiceError) throw new PlaygroundRefusal(error.message);
      throw error;
    }
  }

  async #load(): Promise<void> {
    const { config, given, isOwn, testFile } = this.#setup;
    try {
      this.#loaded = loadPolicies(await readDocument(config), config, this.#standIns);
      const { set, warnings } = this.#loaded;
      const cases = testFile === undefined ? [] : await readCases(testFile);
      const examples = pageExamples(set, isOwn ? given : undefined, cases);
      this.#show({ apis: [...set.apis.keys()], problem: '', warnings: warnings.map(formatProblem), examples });
    } catch (error) {
      this.#loaded = undefined;
      const lines = error instanceof PolicyDocumentError ? error.problems.map(formatProblem) : [describeError(error)];
      this.#show({ problem: lines.join('\n') });
    }
  }

  #show(parts: Partial<ShownDocument>): void {
    this.#shown = { ...this.#shown, ...parts, revision: this.#shown.revision + 1 };
    this.#changes.emit('change');
  }
}

/** What the page sends. Rejects other shapes with PlaygroundRefusal. */
function textsOf(asked: unknown) {
  const fields: Readonly<Record<string, unknown>> = typeof asked === 'object' && asked !== null ? { ...asked } : {};
  const text = (name: string): string => {
    const value = fields[name];
    if (typeof value === 'string') return value;
    throw new PlaygroundRefusal(`${name} is not a text`);
  };
  return { api: text('api'), request: text('request'), functions: text('functions'), backend: text('backend') };
}
