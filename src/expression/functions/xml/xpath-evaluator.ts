import { XmlError } from './xml-error.ts';
import type { XmlNode } from './xml-node.ts';
import type { BinaryOperator, Step, XPathExpression } from './xpath-ast.ts';
import { axisNodes, passes } from './xpath-axes.ts';
import { type CallContext, callXPathFunction, nodeSet } from './xpath-functions.ts';
import { nodeText, toBoolean, toNumber, toText, type XPathValue } from './xpath-value.ts';

/**
 * Evaluates an expression with the document as its context. `spend` is called for every visited node and every
 * comparison, and may throw to end the evaluation.
 * @throws XmlError
 */
export function evaluateXPath(
  expression: XPathExpression,
  document: XmlNode,
  spend: (steps: number) => void,
): XPathValue {
  return evaluate(expression, { node: document, ...NO_LIST, spend });
}

/** Outside of predicates, the original's position() is -1 and its last() is 0. */
const NO_LIST = { position: -1, size: 0 };

function evaluate(expression: XPathExpression, context: CallContext): XPathValue {
  context.spend(1);
  switch (expression.kind) {
    case 'text':
    case 'number':
      return expression.value;
    case 'variable':
      throw new XmlError(`the XPath variable ${expression.name} is not defined`);
    case 'group':
      return evaluate(expression.inner, context);
    case 'negate':
      return -toNumber(evaluate(expression.operand, context), context.spend);
    case 'call': {
      const values = expression.parameters.map((parameter) => evaluate(parameter, context));
      return callXPathFunction(expression.name, values, context);
    }
    case 'binary':
      return binary(expression.operator, expression.left, expression.right, context);
    case 'path': {
      let nodes = start(expression.from, context);
      for (const predicate of expression.predicates) nodes = keep(nodes, predicate, context.spend);
      for (const step of expression.steps) nodes = walk(nodes, step, context.spend);
      return nodes;
    }
  }
}

function start(from: 'root' | 'context' | XPathExpression, context: CallContext): readonly XmlNode[] {
  if (from === 'context') return [context.node];
  if (from !== 'root') return nodeSet(evaluate(from, context));
  let root = context.node;
  for (; root.parent !== null; root = root.parent) context.spend(1);
  return [root];
}

/** One step from each of the nodes; the result is in document order without doubles. */
function walk(nodes: readonly XmlNode[], step: Step, spend: (steps: number) => void): readonly XmlNode[] {
  const found = new Set<XmlNode>();
  for (const node of nodes) {
    let reached: XmlNode[] = [];
    for (const candidate of axisNodes(step.axis, node, spend)) {
      spend(1);
      if (passes(step.test, candidate, step.axis)) reached.push(candidate);
    }
    for (const predicate of step.predicates) reached = keep(reached, predicate, spend);
    for (const next of reached) found.add(next);
  }
  spend(found.size);
  return inDocumentOrder([...found]);
}

function inDocumentOrder(nodes: XmlNode[]): readonly XmlNode[] {
  for (let index = 1; index < nodes.length; index++) {
    if ((nodes[index]?.order ?? 0) < (nodes[index - 1]?.order ?? 0)) return nodes.sort((a, b) => a.order - b.order);
  }
  return nodes;
}

function keep(nodes: readonly XmlNode[], predicate: XPathExpression, spend: (steps: number) => void): XmlNode[] {
  return nodes.filter((node, index) => {
    const value = evaluate(predicate, { node, position: index + 1, size: nodes.length, spend });
    return typeof value === 'number' ? Math.trunc(value) === index + 1 : toBoolean(value);
  });
}

function binary(
  operator: BinaryOperator,
  left: XPathExpression,
  right: XPathExpression,
  context: CallContext,
): XPathValue {
  const { spend } = context;
  if (operator === 'or') return toBoolean(evaluate(left, context)) || toBoolean(evaluate(right, context));
  if (operator === 'and') return toBoolean(evaluate(left, context)) && toBoolean(evaluate(right, context));
  const a = evaluate(left, context);
  const b = evaluate(right, context);
  switch (operator) {
    case '|': {
      const nodes = new Set([...nodeSet(a), ...nodeSet(b)]);
      spend(nodes.size);
      return inDocumentOrder([...nodes]);
    }
    case '+':
      return toNumber(a, spend) + toNumber(b, spend);
    case '-':
      return toNumber(a, spend) - toNumber(b, spend);
    case '*':
      return toNumber(a, spend) * toNumber(b, spend);
    case 'div':
      return toNumber(a, spend) / toNumber(b, spend);
    case 'mod':
      return toNumber(a, spend) % toNumber(b, spend);
    case '=':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return compare(operator, a, b, spend);
  }
}

type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=';

/** A list of nodes fulfils a comparison when one of its nodes does. */
function compare(operator: Comparison, a: XPathValue, b: XPathValue, spend: (steps: number) => void): boolean {
  if (typeof a !== 'object' && typeof b !== 'object') return compareAtoms(operator, a, b, spend);
  if (typeof a === 'boolean' || typeof b === 'boolean')
    return compareAtoms(operator, toBoolean(a), toBoolean(b), spend);
  const isEquality = operator === '=' || operator === '!=';
  // Read once, and not for each pair.
  const numbered = (values: readonly Atom[]) => (isEquality ? values : values.map((value) => toNumber(value, spend)));
  const lefts = numbered(atoms(a, spend));
  const rights = numbered(atoms(b, spend));
  return lefts.some((left) =>
    rights.some((right) => {
      spend(1);
      return compareAtoms(operator, left, right, spend);
    }),
  );
}

type Atom = string | number | boolean;

function atoms(value: XPathValue, spend: (steps: number) => void): readonly Atom[] {
  return typeof value === 'object' ? value.map((node) => nodeText(node, spend)) : [value];
}

function compareAtoms(operator: Comparison, a: XPathValue, b: XPathValue, spend: (steps: number) => void): boolean {
  if (operator === '=' || operator === '!=') return isEqual(a, b, spend) === (operator === '=');
  const left = toNumber(a, spend);
  const right = toNumber(b, spend);
  if (operator === '<') return left < right;
  if (operator === '<=') return left <= right;
  return operator === '>' ? left > right : left >= right;
}

function isEqual(a: XPathValue, b: XPathValue, spend: (steps: number) => void): boolean {
  if (typeof a === 'boolean' || typeof b === 'boolean') return toBoolean(a) === toBoolean(b);
  if (typeof a === 'number' || typeof b === 'number') return toNumber(a, spend) === toNumber(b, spend);
  return toText(a, spend) === toText(b, spend);
}
