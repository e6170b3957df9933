import { formatPath, type Source } from '../config/index.ts';
import type { ApiPolicies, PolicySet, PolicyStep } from '../policy/index.ts';

/** Where a step is written. */
export interface Place {
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

export interface PlacedStep {
  readonly api: ApiPolicies;
  readonly step: PolicyStep;
  readonly place: Place;
}

/** All steps of a document, in its order, with the places of their functions. */
export function* stepsOf(set: PolicySet, source: Source): Iterable<PlacedStep> {
  for (const [name, api] of set.apis) {
    for (const phase of ['request', 'response'] as const) {
      for (const step of api[phase]) {
        const path = pathOf(step, ['apis', name], phase, source.data);
        const place = source.locate([...path, 'configuration', 'function']);
        yield { api, step, place: { path: formatPath(path), ...place } };
      }
    }
  }
}

/** Which entry of the document a step is: by its name, otherwise by the function. Steps that are off are in the document only. */
function pathOf(
  step: PolicyStep,
  api: readonly string[],
  phase: 'request' | 'response',
  data: unknown,
): (string | number)[] {
  const lists = phase === 'request' ? ['request', 'pre'] : ['response', 'post'];
  const entries = lists.flatMap((list) => {
    const items = valueAt(data, [...api, list]);
    return Array.isArray(items) ? items.map((item: unknown, index) => ({ item, path: [...api, list, index] })) : [];
  });
  const fits = (keys: readonly string[], value: string): (typeof entries)[number] | undefined => {
    return entries.find(({ item }) => valueAt(item, keys) === value);
  };
  const found = fits(['name'], step.name) ?? fits(['configuration', 'function'], step.configuration.function.source);
  return found?.path ?? [...api];
}

function valueAt(value: unknown, keys: readonly string[]): unknown {
  return keys.reduce<unknown>((inner, key) => {
    return typeof inner === 'object' && inner !== null && Object.hasOwn(inner, key)
      ? (inner as Readonly<Record<string, unknown>>)[key]
      : undefined;
  }, value);
}
