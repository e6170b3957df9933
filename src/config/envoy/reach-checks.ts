import type { LoadedPolicies } from '../load-policies.ts';
import { formatPath, type Problem } from '../problem.ts';

/** Which APIs the routes of one Envoy configuration reach, as found by its checks. */
export interface Reach {
  /** The names of the APIs that its routes reach. */
  readonly apis: ReadonlySet<string>;
  /** There are routes that are not in the text, or whose API cannot be determined. */
  readonly hasOtherRoutes: boolean;
}

/**
 * Warns about APIs that no Envoy configuration reaches: they are obsolete, or meant for a route that names another API. No warnings if
 * routes to them may exist outside the text.
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
