import type { Node, Step } from './parser/ast.ts';
import type { BodyTemplate } from './template.ts';
import type { TextTemplate } from './text-template.ts';

/** Variables that are the same for all requests of an API. `this` and `root` are parts of the evaluated value. */
const FIXED: ReadonlySet<string> = new Set(['properties', 'dictionaries', 'endpoints', 'api', 'node', 'this', 'root']);

/** Longer chains are compared by their beginning. */
const MAX_STEPS = 12;

/**
 * What a body reads of a transaction and the values of `known` do not determine. A value determines itself and all that is
 * read from it: `{#request.headers['x']}` determines `#request.headers['x'][0]`, and not the other way round.
 */
export function unreadIn(body: BodyTemplate, known: readonly TextTemplate[]): readonly string[] {
  const sources = new Set(known.map(({ source }) => source.trim()));
  const values = new Set(known.flatMap(({ nodes }) => nodes.map(textOf)).filter((text) => text !== undefined));
  const search = new Search(values);
  for (const template of body.templates) {
    if (!sources.has(template.source.trim())) for (const node of template.nodes) search.visit(node);
  }
  return [...search.found];
}

class Search {
  readonly found = new Set<string>();
  readonly #known: ReadonlySet<string>;

  constructor(known: ReadonlySet<string>) {
    this.#known = known;
  }

  visit(node: Node): void {
    if (this.#isKnown(node)) return;
    switch (node.kind) {
      case 'variable':
        if (!FIXED.has(node.name)) this.found.add(`#${node.name}`);
        break;
      case 'function':
      case 'root-method':
      case 'new':
        this.#all(node.args);
        break;
      case 'new-array':
        this.#all([...node.sizes, ...node.items]);
        break;
      case 'chain':
        this.#chain(node.start, node.steps);
        break;
      case 'binary': {
        // In a loop: the tree of `a + b + c` is as deep on the left as the sum is long.
        let left: Node = node;
        for (; left.kind === 'binary'; left = left.left) this.visit(left.right);
        this.visit(left);
        break;
      }
      case 'unary':
        this.visit(node.operand);
        break;
      case 'ternary':
        this.#all([node.condition, node.yes, node.no]);
        break;
      case 'elvis':
        this.#all([node.value, node.otherwise]);
        break;
      case 'list':
        this.#all(node.items);
        break;
      case 'map':
        this.#all(node.entries.flat());
        break;
      case 'literal':
      case 'root-property':
      case 'type':
        break;
    }
  }

  #all(nodes: readonly Node[]): void {
    for (const node of nodes) this.visit(node);
  }

  #chain(start: Node, steps: readonly Step[]): void {
    let isKnown = this.#isKnown(start);
    for (let length = 1; !isKnown && length <= Math.min(steps.length, MAX_STEPS); length++) {
      isKnown = this.#isKnown({ kind: 'chain', at: 0, start, steps: steps.slice(0, length) });
    }
    if (!isKnown) {
      if (start.kind !== 'variable') this.visit(start);
      else if (!FIXED.has(start.name)) this.found.add(`#${start.name}${nameOf(steps)}`);
    }
    for (const step of steps) this.#all(partsOf(step));
  }

  #isKnown(node: Node): boolean {
    const text = textOf(node);
    return text !== undefined && this.#known.has(text);
  }
}

function partsOf(step: Step): readonly Node[] {
  switch (step.kind) {
    case 'method':
      return step.args;
    case 'index':
      return [step.index];
    case 'replace':
    case 'project':
      return [step.value];
    case 'select':
      return [step.condition];
    case 'property':
      return [];
  }
}

/** The same for expressions that differ only in blanks; undefined for those that are not compared. */
function textOf(node: Node): string | undefined {
  if (node.kind !== 'variable' && node.kind !== 'chain' && node.kind !== 'function') return undefined;
  if (node.kind === 'chain' && node.steps.length > MAX_STEPS) return undefined;
  try {
    return JSON.stringify(node, (name, value: unknown) => {
      if (name === 'at' || name === 'safe') return undefined;
      if (typeof value === 'bigint') return `${value}n`;
      return isNamedIndex(value) ? { kind: 'property', name: value.index.value } : value;
    });
  } catch (error) {
    // Too deep.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** `['name']`, which is `.name`. */
function isNamedIndex(value: unknown): value is { readonly index: { readonly value: string } } {
  const step = value as Partial<Extract<Step, { readonly kind: 'index' }>> | null;
  if (typeof step !== 'object' || step?.kind !== 'index') return false;
  return step.index?.kind === 'literal' && typeof step.index.value === 'string';
}

/** As written, up to the first step that depends on the request. */
function nameOf(steps: readonly Step[]): string {
  let name = '';
  for (const step of steps) {
    if (step.kind === 'property') name += `.${step.name}`;
    else if (step.kind === 'method') name += `.${step.name}(${step.args.length === 0 ? '' : '…'})`;
    else if (step.kind === 'index' && step.index.kind === 'literal') {
      name += typeof step.index.value === 'string' ? `['${step.index.value}']` : `[${String(step.index.value)}]`;
    } else break;
  }
  return name;
}
