import type { Axis, NodeTest, Step, XPathExpression } from './xpath-ast.ts';

type Descendants = Extract<Axis, 'descendant' | 'descendant-or-self'>;

/**
 * The original walks some paths in one step: those that only go down from where they start to one name (`//Fault`,
 * `.//Fault`, `/descendant::Fault`), without positions in their predicates. There it compares names as they are written,
 * and the axis is that of the whole path, even where that finds more. Undefined for every other path.
 */
export function descendantStep(from: 'root' | 'context', steps: readonly Step[]): Step | undefined {
  const last = steps.at(-1);
  const before = steps.slice(0, -1);
  if (last === undefined || !before.every(isAnyNode) || last.predicates.some(mayBePosition)) return undefined;
  const axis = wholeAxis(
    from,
    steps.map((step) => step.axis),
  );
  if (axis === undefined) return undefined;
  return { axis, test: asWritten(last.test), predicates: last.predicates };
}

/**
 * Of such a path with `*` as its name the original takes the very first node where only that is asked for, whatever its
 * kind: `name(//*)` is empty when a comment comes before the root element.
 */
export function asFirstNode(parameter: XPathExpression): XPathExpression {
  if (parameter.kind !== 'path') return parameter;
  const [step, further] = parameter.steps;
  if (step?.test.kind !== 'name' || further !== undefined || step.predicates.length > 0) return parameter;
  if (!step.test.written || step.test.name !== undefined) return parameter;
  return { ...parameter, steps: [{ ...step, test: { kind: 'node' } }] };
}

const isAnyNode = ({ test, predicates }: Step) => test.kind === 'node' && predicates.length === 0;

const asWritten = (test: NodeTest): NodeTest => (test.kind === 'name' ? { ...test, written: true } : test);

function wholeAxis(from: 'root' | 'context', axes: readonly Axis[]): Descendants | undefined {
  switch (`${from === 'root' ? '/' : ''}${axes.join('/')}`) {
    case '/descendant':
    case '/descendant-or-self/child':
    case 'descendant/descendant':
    case 'descendant-or-self/child':
    case 'self/descendant/child':
    case 'self/descendant-or-self/child':
      return 'descendant';
    case '/descendant-or-self':
    case 'descendant/descendant-or-self':
    case 'descendant-or-self/descendant':
    case 'descendant-or-self/descendant-or-self':
    case 'self/descendant':
    case 'self/descendant-or-self':
      return 'descendant-or-self';
    default:
      return undefined;
  }
}

const COMPARISONS: ReadonlySet<string> = new Set(['=', '<', '<=', '>', '>=']);

/** Whether the original takes a predicate for one that may ask for a position; it takes most for one. */
function mayBePosition(predicate: XPathExpression): boolean {
  switch (predicate.kind) {
    case 'path':
      return false;
    case 'call':
      return isPositional(predicate);
    case 'binary':
      return !COMPARISONS.has(predicate.operator) || isPositional(predicate.left) || isPositional(predicate.right);
    default:
      return true;
  }
}

function isPositional(operand: XPathExpression): boolean {
  switch (operand.kind) {
    case 'path':
    case 'text':
    case 'number':
    case 'variable':
      return false;
    case 'call':
      return operand.name === 'position' || operand.name === 'last' || operand.parameters.some(isPositional);
    default:
      return true;
  }
}
