import type { Node, Step } from '../parser/ast.ts';
import type { Value } from '../value.ts';
import { noElements, nullMessage } from './null-target.ts';
import { type Evaluate, fail } from './scope.ts';

/**
 * `#request.headers['x'][0]` and similar, the most common expressions, without the objects in between.
 * Undefined for any other chain.
 */
export function compileHeaderPath(start: Node, steps: readonly Step[]): Evaluate | undefined {
  const [headers, name, element] = steps;
  if (start.kind !== 'variable' || (start.name !== 'request' && start.name !== 'response') || steps.length !== 3) {
    return undefined;
  }
  if (headers?.kind !== 'property' || headers.name !== 'headers' || headers.safe) return undefined;
  if (name?.kind !== 'index' || name.safe || name.index.kind !== 'literal' || typeof name.index.value !== 'string') {
    return undefined;
  }
  if (element?.kind !== 'index' || element.safe || element.index.kind !== 'literal') return undefined;
  const side = start.name;
  const key = name.index.value.toLowerCase();
  const at = element.index.value;
  if (typeof at !== 'number') return undefined;
  return ({ context }): Value => {
    const message = context[side];
    // The variable may be plain data of the same name: rare, so there is no fast path for it.
    if (message === undefined) return fail(`'headers' cannot be read: #${side} is null`, headers.at);
    const values = message.headers.values(key);
    if (values === undefined) return fail(noElements(nullMessage(name)), element.at);
    return values[at] ?? fail(`index ${at} is out of range: there are ${values.length} elements`, element.at);
  };
}
