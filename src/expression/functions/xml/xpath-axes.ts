import type { XmlNode } from './xml-node.ts';
import type { Axis, NameTest, NodeTest } from './xpath-ast.ts';

/** The nodes of an axis, nearest first. `spend` is called for work beyond one step for each of them. */
export function* axisNodes(axis: Axis, node: XmlNode, spend: (steps: number) => void): Generator<XmlNode> {
  switch (axis) {
    case 'self':
      yield node;
      return;
    case 'child':
      yield* node.children;
      return;
    case 'attribute':
      yield* node.attributes;
      return;
    case 'namespace':
      yield* namespaces(node, spend);
      return;
    case 'parent':
      if (node.parent !== null) yield node.parent;
      return;
    case 'ancestor':
      yield* ancestors(node.parent);
      return;
    case 'ancestor-or-self':
      yield* ancestors(node);
      return;
    case 'descendant':
      yield* descendants(node);
      return;
    case 'descendant-or-self':
      yield node;
      yield* descendants(node);
      return;
    case 'following-sibling':
    case 'preceding-sibling':
      if (!isAttached(node)) yield* siblings(node, axis === 'following-sibling' ? 1 : -1);
      return;
    case 'following':
      yield* following(node);
      return;
    case 'preceding':
      yield* preceding(node);
  }
}

/** The parts of a start tag are not children of its element. */
const isAttached = (node: XmlNode) => node.kind === 'attribute' || node.kind === 'namespace';

/** The declarations in whose scope an element is, in document order. */
function* namespaces(node: XmlNode, spend: (steps: number) => void): Generator<XmlNode> {
  if (node.kind !== 'element') return;
  const inScope: XmlNode[] = [];
  const slots = new Set<string>();
  for (const element of ancestors(node)) {
    spend(1 + element.declared.length);
    for (const declaration of element.declared.toReversed()) {
      if (slots.has(declaration.slot)) continue;
      slots.add(declaration.slot);
      inScope.push(declaration);
    }
  }
  yield* inScope.reverse();
}

function* siblings(node: XmlNode, step: 1 | -1): Generator<XmlNode> {
  for (let next = node.sibling(step); next !== null; next = next.sibling(step)) yield next;
}

function* ancestors(node: XmlNode | null): Generator<XmlNode> {
  for (let next = node; next !== null; next = next.parent) yield next;
}

function* descendants(node: XmlNode): Generator<XmlNode> {
  let next: XmlNode | null = node.children[0] ?? null;
  while (next !== null) {
    yield next;
    next = next.children[0] ?? behind(next, node);
  }
}

/** The node after all descendants of `node`, within `limit`. */
function behind(node: XmlNode, limit: XmlNode | null): XmlNode | null {
  for (let at: XmlNode | null = node; at !== null && at !== limit; at = at.parent) {
    const next = at.sibling(1);
    if (next !== null) return next;
  }
  return null;
}

function* following(node: XmlNode): Generator<XmlNode> {
  const attached = isAttached(node);
  let next = attached ? (node.parent?.children[0] ?? behindOwner(node)) : behind(node, null);
  while (next !== null) {
    yield next;
    next = next.children[0] ?? behind(next, null);
  }
}

const behindOwner = (node: XmlNode) => (node.parent === null ? null : behind(node.parent, null));

/** Everything in the root element that ends before the node starts: its ancestors are not among it. */
function* preceding(node: XmlNode): Generator<XmlNode> {
  const start = isAttached(node) ? node.parent : node;
  for (let at = start; at !== null && at.parent?.kind !== 'document'; at = at.parent) {
    for (const sibling of siblings(at, -1)) yield* backwards(sibling);
  }
}

function* backwards(node: XmlNode): Generator<XmlNode> {
  let next: XmlNode | null = deepestLast(node);
  while (next !== null) {
    yield next;
    if (next === node) return;
    const before: XmlNode | null = next.sibling(-1);
    next = before === null ? next.parent : deepestLast(before);
  }
}

function deepestLast(node: XmlNode): XmlNode {
  let at = node;
  for (let last = at.children.at(-1); last !== undefined; last = at.children.at(-1)) at = last;
  return at;
}

export function passes(test: NodeTest, node: XmlNode, axis: Axis): boolean {
  switch (test.kind) {
    case 'node':
      return true;
    case 'text':
    case 'comment':
      return node.kind === test.kind;
    case 'processing-instruction':
      return node.kind === test.kind && (test.target === undefined || test.target === node.name);
    case 'name':
      if (axis === 'namespace') return test.name === undefined || test.name === node.value;
      return node.kind === (axis === 'attribute' ? 'attribute' : 'element') && hasName(test, node);
  }
}

/** A document that is read without namespaces has prefixes too: then only the part behind the colon counts. */
function hasName(test: NameTest, node: XmlNode): boolean {
  if (test.namespace === undefined) return true;
  if (test.namespace !== node.namespace) return false;
  return test.name === undefined || test.name === (test.written && node.namespace === '' ? node.name : node.localName);
}
