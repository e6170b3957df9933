import type { FilterNode } from './filter-node.ts';

/** One step of a compiled path. */
export type PathToken =
  | { readonly kind: 'property'; readonly names: readonly string[]; readonly quote: string }
  | { readonly kind: 'index'; readonly indexes: readonly number[] }
  | { readonly kind: 'slice'; readonly from: number | null; readonly to: number | null }
  | { readonly kind: 'wildcard' }
  | { readonly kind: 'scan' }
  | { readonly kind: 'filter'; readonly filter: FilterNode }
  | { readonly kind: 'function'; readonly name: string; readonly parameters: readonly Parameter[] | null };

/** An argument of a path function: a path, or JSON text that is parsed when the function runs. */
export type Parameter =
  | { readonly kind: 'path'; readonly path: CompiledPath }
  | { readonly kind: 'json'; readonly text: string };

export interface CompiledPath {
  /** `$` starts at the document, `@` at the item that a filter looks at. */
  readonly root: '$' | '@';
  readonly tokens: readonly PathToken[];
  /** A definite path leads to one value, any other to a list. */
  readonly definite: boolean;
  /** For each token: whether all tokens before it are definite. Then missing parts are errors, otherwise they are left out. */
  readonly upstreamDefinite: readonly boolean[];
  /** The last token is a function. */
  readonly isFunction: boolean;
  /** The text of the token before the last one. */
  readonly fragmentBeforeTail: string;
  /** The path in bracket notation, for error messages. */
  readonly display: string;
}

export function toCompiledPath(root: '$' | '@', tokens: readonly PathToken[]): CompiledPath {
  const upstreamDefinite: boolean[] = [];
  let definite = true;
  tokens.forEach((token, index) => {
    upstreamDefinite.push(definite);
    definite &&= isDefinite(token, index === tokens.length - 1);
  });
  const before = tokens.at(-2);
  return {
    root,
    tokens,
    definite,
    upstreamDefinite,
    isFunction: tokens.at(-1)?.kind === 'function',
    fragmentBeforeTail: before === undefined ? root : fragment(before),
    display: root + tokens.map(fragment).join(''),
  };
}

function isDefinite(token: PathToken, last: boolean): boolean {
  if (token.kind === 'property') return last || token.names.length === 1;
  if (token.kind === 'index') return token.indexes.length === 1;
  return token.kind === 'function';
}

export function fragment(token: PathToken): string {
  switch (token.kind) {
    case 'property':
      return `[${token.names.map((name) => token.quote + name + token.quote).join(',')}]`;
    case 'index':
      return `[${token.indexes.join(',')}]`;
    case 'slice':
      return `[${token.from ?? ''}:${token.to ?? ''}]`;
    case 'wildcard':
      return '[*]';
    case 'scan':
      return '..';
    case 'filter':
      return '[?]';
    case 'function':
      return `.${token.name}(${(token.parameters ?? []).length > 0 ? '...' : ''})`;
  }
}
