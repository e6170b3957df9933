import { relative } from 'node:path';
import { crossFindings } from './cross-findings.ts';
import type { DemoEnvoy } from './envoy.ts';
import type { DemoFiles } from './files.ts';
import type { DemoFunctions } from './functions.ts';
import type { LocalLambda } from './local-lambda.ts';
import type { DemoSidecar, LogLine } from './sidecar.ts';
import { watchFiles } from './watch-files.ts';

interface ChangingParts {
  readonly files: DemoFiles;
  readonly functions: DemoFunctions;
  readonly chat: LocalLambda;
  readonly sidecar: DemoSidecar;
  readonly envoy: DemoEnvoy;
  readonly tell: (text: string) => void;
}

/** Applies changes of the demo's files, and reports each. */
export class DemoChanges {
  readonly #parts: ChangingParts;
  readonly #watching: { stop(): void };

  constructor(parts: ChangingParts) {
    this.#parts = parts;
    const { policies, envoy, chat, functions } = parts.files;
    this.#watching = watchFiles([policies, envoy, chat, functions], async (changed) => {
      for (const file of changed) await this.#take(file);
    });
  }

  stop(): void {
    this.#watching.stop();
  }

  /** A line of the sidecar's log: the sidecar reloads demo/policies.yaml itself and logs the result. */
  addLog(line: LogLine): void {
    const { sidecar, tell } = this.#parts;
    const told = sidecar.policiesTold(line);
    if (told === undefined) return;
    tell(told);
    if (line.level !== 'error') void this.#tellFindings();
  }

  async #take(file: string): Promise<void> {
    const { files, functions, chat, sidecar, envoy, tell } = this.#parts;
    const shown = relative(files.root, file);
    try {
      if (file === files.policies) sidecar.copyPolicies();
      else if (file === files.chat) {
        await chat.load('chat', file);
        tell(`${shown} is in force: function chat`);
      } else if (file === files.envoy) {
        const { told, taken } = await envoy.take();
        tell(told);
        if (taken) await this.#tellFindings();
      } else {
        const told = await functions.take(file);
        if (told !== undefined) tell(told);
      }
    } catch (error) {
      tell(`${shown} cannot be used: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  async #tellFindings(): Promise<void> {
    for (const finding of await crossFindings(this.#parts.files)) this.#parts.tell(finding);
  }
}
