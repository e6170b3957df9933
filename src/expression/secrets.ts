import { ExpressionError } from './expression-error.ts';
import type { Node } from './parser/ast.ts';
import { EvaluationFailure } from './value.ts';

/** One secret that templates may read. */
export interface Secret {
  /** The current text. Throws an Error that names the place but no part of the text. */
  read(): string;
  /** Refreshes what `read` returns; undefined if it is current. Never rejects. Absent: `read` is always current. */
  refresh?(): Promise<void> | undefined;
}

/** The secret is not open to templates; the reason names the place and the remedy. */
export interface SecretRefusal {
  readonly refused: string;
}

/** Why a secret cannot be read now. */
export interface SecretAbsence {
  /** The place and the remedy, but no part of the text. */
  readonly reason: string;
  /** It cannot be read as long as this process runs. */
  readonly final: boolean;
}

/** Where `#secrets` come from, and which of them may be read. */
export interface SecretSource {
  /** `name`: of a variable, or the absolute path of a file. */
  find(scheme: 'env' | 'file', name: string): Secret | SecretRefusal;
  /** Undefined if the secret can be read, or if the source is not the one that serves requests. */
  absence?(secret: Secret): SecretAbsence | undefined;
}

/** A secret that the source refuses. Unlike other errors it may be shown in full, since it contains no text of a field. */
export class SecretRefused extends ExpressionError {}

const ALLOWED = "a secret is exactly {#secrets.get('env:NAME')} or {#secrets.get('file:/path')}, with a literal";

/**
 * `#secrets.get('env:NAME')` or `#secrets.get('file:/path')` as the secret of the source; undefined where the expression has
 * nothing to do with secrets. The name is a literal: a caller cannot choose a variable or a file.
 * Throws ExpressionError for any other use of `#secrets`.
 */
export function resolveSecret(node: Node, template: string, source: SecretSource | undefined): Secret | undefined {
  const name = secretName(node);
  if (name === undefined) {
    const at = placeOfSecrets(node);
    if (at !== undefined) throw new ExpressionError('parse', ALLOWED, template, at);
    return undefined;
  }
  if (source === undefined)
    throw new ExpressionError('parse', 'secrets are for credential fields only', template, node.at);
  const [, scheme, rest] = /^(env|file):(.+)$/.exec(name) ?? [];
  if (rest !== undefined && (scheme === 'env' || rest.startsWith('/'))) {
    const found = source.find(scheme === 'env' ? 'env' : 'file', rest);
    if ('refused' in found) throw new SecretRefused('parse', found.refused, template, node.at);
    return found;
  }
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
  // A work list instead of recursion: long sums are deep trees.
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

/** Throws EvaluationFailure. */
export function readSecret(secret: Secret): string {
  try {
    return secret.read();
  } catch (error) {
    throw new EvaluationFailure(error instanceof Error ? error.message : String(error));
  }
}
