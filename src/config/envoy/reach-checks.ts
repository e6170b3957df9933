import type { LoadedPolicies } from '../load-policies.ts';
import { formatPath, type Problem } from '../problem.ts';

/** What the checks of one Envoy configuration have seen of the way from its routes to the APIs. */
export interface Reach {
  /** The names of the APIs that its routes reach. */
  readonly apis: ReadonlySet<string>;
  /** Routes that are not in the text, or of which it cannot be known what they reach. */
  readonly hasOtherRoutes: boolean;
}

/**
 * APIs that none of the Envoy configurations reaches: left over, or meant for a route that names another one. Silent where
 * the way to them may not be in the text.
 */
export function unreachedApis(
  reaches: readonly Reach[],
  { set, fileName, apiPlaces }: LoadedPolicies,
): readonly Problem[] {
  if (reaches.length === 0 || reaches.some(({ hasOtherRoutes }) => hasOtherRoutes)) return [];
  const reached = new Set(reaches.flatMap(({ apis }) => [...apis]));
  return [...set.apis.keys()]
    .filter((name) => !reached.has(name))
    .map((name) => {
      const message = `no route of the Envoy configuration reaches it, and its policies never run: name it on a route (\`grpc_initial_metadata: [{key: x-lambda-api, value: ${name}}]\`), match one with \`authorities\`, \`select\` or \`routes\`, or remove the API`;
      const place = apiPlaces.get(name) ?? { line: 1, column: 1 };
      return { severity: 'warning', file: fileName, path: formatPath(['apis', name]), message, ...place };
    });
}
