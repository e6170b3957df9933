import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { promisify } from 'node:util';
import type { Ministack } from '../scripts/support/ministack.ts';
import type { DemoFiles } from './files.ts';

const ENDING = '.mjs';
/** Without temporary files of editors. */
const FUNCTION_FILE = /^[\w-]+\.mjs$/;

/** Loads a file as the Lambda runtime would, in a process that may hang or crash. */
const TRY_LOADING = `
const { handler } = await import(process.argv[1]);
if (typeof handler === 'function') process.exit();
console.error('it exports no function "handler": write export const handler = async (event) => …');
process.exit(1);`;

/** The Lambda functions of a directory: each file NAME.mjs is the function NAME of the local AWS. */
export class DemoFunctions {
  readonly #aws: Ministack;
  readonly #files: DemoFiles;
  readonly #deployed = new Set<string>();

  constructor(aws: Ministack, files: DemoFiles) {
    this.#aws = aws;
    this.#files = files;
  }

  async deployAll(): Promise<void> {
    const { functions } = this.#files;
    const names = readdirSync(functions).filter((name) => FUNCTION_FILE.test(name));
    await Promise.all(names.map((name) => this.#deploy(join(functions, name))));
  }

  /** Handles a file that was changed, added or deleted. Returns the result as text; undefined: it is not a function's file. */
  async take(file: string): Promise<string | undefined> {
    if (!FUNCTION_FILE.test(basename(file))) return undefined;
    const name = nameOf(file);
    const shown = relative(this.#files.root, file);
    if (!existsSync(file)) {
      if (!this.#deployed.delete(name)) return undefined;
      await this.#aws.deleteFunction(name);
      return `${shown} was deleted: the function ${name} no longer exists`;
    }
    const problem = await whyNotLoadable(file);
    if (problem !== undefined) {
      const before = this.#deployed.has(name) ? 'so the previous function stays' : 'so there is no such function yet';
      return `${shown} cannot be loaded, ${before}:\n${indented(problem)}`;
    }
    const isNew = !this.#deployed.has(name);
    await this.#deploy(file);
    return isNew ? `${shown} is the new function ${name}` : `${shown} is in force: function ${name}`;
  }

  async #deploy(file: string): Promise<void> {
    const name = nameOf(file);
    if (this.#deployed.has(name)) await this.#aws.updateFunction(name, { file });
    else await this.#aws.createFunction(name, { file });
    this.#deployed.add(name);
  }
}

function nameOf(file: string): string {
  return basename(file, ENDING);
}

/** Node's message for a file that it cannot load, with the place if Node names one. */
async function whyNotLoadable(file: string): Promise<string | undefined> {
  try {
    const args = ['--input-type=module', '--eval', TRY_LOADING, file];
    await promisify(execFile)(process.execPath, args, { timeout: 5000 });
    return undefined;
  } catch (error) {
    const { stderr, message } = error as Error & { readonly stderr?: string };
    const text = stderr === undefined || stderr === '' ? message : stderr;
    // Without the stack and Node's version below it.
    return text.split(/\n {4}at |\n\nNode\.js v/)[0]?.trim() ?? message;
  }
}

export function indented(text: string): string {
  return text.replaceAll(/^/gm, '    ');
}
