import { readFileSync, statSync } from 'node:fs';
import { ExpressionError } from './expression-error.ts';
import type { Node } from './parser/ast.ts';
import { EvaluationFailure } from './value.ts';

export type ReadSecret = () => string;

const ALLOWED = "a secret is exactly {#secrets.get('env:NAME')} or {#secrets.get('file:/path')}, with a literal";

/**
 * `#secrets.get('env:NAME')` or `#secrets.get('file:/path')` as a way to read it; undefined where the expression has
 * nothing to do with secrets. The name is a literal: nothing that a caller sends can choose a variable or a file.
 * Throws ExpressionError wherever else `#secrets` stands.
 */
export function resolveSecret(node: Node, template: string, enabled: boolean): ReadSecret | undefined {
  const name = secretName(node);
  if (name === undefined) {
    const at = placeOfSecrets(node);
    if (at !== undefined) throw new ExpressionError('parse', ALLOWED, template, at);
    return undefined;
  }
  if (!enabled) throw new ExpressionError('parse', 'secrets are for credential fields only', template, node.at);
  const [, scheme, rest] = /^(env|file):(.+)$/.exec(name) ?? [];
  if (scheme === 'env' && rest !== undefined) return () => readVariable(rest);
  if (scheme === 'file' && rest?.startsWith('/')) return () => readFile(rest);
  throw new ExpressionError('parse', ALLOWED, template, node.at);
}

function secretName(node: Node): string | undefined {
  if (node.kind !== 'chain' || node.start.kind !== 'variable' || node.start.name !== 'secrets') return undefined;
  const [step, ...more] = node.steps;
  if (more.length > 0 || step?.kind !== 'method' || step.name !== 'get' || step.args.length !== 1) return undefined;
  const [arg] = step.args;
  return arg?.kind === 'literal' && typeof arg.value === 'string' ? arg.value : undefined;
}

/** Anywhere in the tree: what is not exactly a secret must not look like one. */
function placeOfSecrets(node: Node): number | undefined {
  // A list of what is still to be seen, not recursion: long sums are deep trees.
  const rest: unknown[] = [node];
  while (rest.length > 0) {
    const value = rest.pop();
    if (typeof value !== 'object' || value === null) continue;
    if ('kind' in value && value.kind === 'variable' && 'name' in value && value.name === 'secrets') {
      return 'at' in value ? Number(value.at) : 0;
    }
    rest.push(...Object.values(value).reverse());
  }
  return undefined;
}

function readVariable(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new EvaluationFailure(`the environment has no variable ${name}`);
  return value;
}

/** Read at each evaluation, so that a rotated file counts; one line break at the end is the editor's. */
function readFile(path: string): string {
  try {
    // A FIFO would be waited for, with everything else.
    if (!statSync(path).isFile()) throw Object.assign(new Error(), { code: 'not a regular file' });
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'error';
    throw new EvaluationFailure(`the secret's file ${path} cannot be read (${code})`);
  }
}
