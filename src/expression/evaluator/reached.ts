import type { Node, Step } from '../parser/ast.ts';

/** Nodes and steps that every evaluation reaches, unless it has failed before. */
export type Reached = ReadonlySet<Node | Step>;

/** Without nodes that depend on a condition, an element of a collection, or a value that may be null with `?.`. */
export function reachedBy(nodes: readonly Node[]): Reached {
  const reached = new Set<Node | Step>();
  // A work list instead of recursion: long sums are deep trees.
  const rest = [...nodes];
  for (let node = rest.pop(); node !== undefined; node = rest.pop()) {
    reached.add(node);
    if (node.kind !== 'chain') rest.push(...childrenOf(node));
    else {
      rest.push(node.start);
      for (const step of node.steps) {
        if (step.safe) break;
        reached.add(step);
        if (step.kind === 'method') rest.push(...step.args);
        if (step.kind === 'index') rest.push(step.index);
      }
    }
  }
  return reached;
}

function childrenOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'function':
    case 'root-method':
    case 'new':
      return node.args;
    case 'new-array':
      return [...node.sizes, ...node.items];
    case 'binary':
      return node.operator === 'and' || node.operator === 'or' ? [node.left] : [node.left, node.right];
    case 'unary':
      return [node.operand];
    case 'ternary':
      return [node.condition];
    case 'elvis':
      return [node.value];
    case 'list':
      return node.items;
    case 'map':
      return node.entries.map(([, value]) => value);
    default:
      return [];
  }
}

/** Whether every evaluation fails if the variable is null: a part of it is read without `?.`. */
export function failsWithout(name: string, nodes: readonly Node[]): boolean {
  for (const node of reachedBy(nodes)) {
    if (node.kind === 'chain' && readsOf(node, name)) return true;
  }
  return false;
}

/** The first step reads a part of the variable, which null does not have. */
export function readsOf({ start, steps }: Node & { kind: 'chain' }, name?: string): boolean {
  const [step] = steps;
  if (start.kind !== 'variable' || (name !== undefined && start.name !== name) || step === undefined) return false;
  return !step.safe && (step.kind === 'property' || step.kind === 'method' || step.kind === 'index');
}
