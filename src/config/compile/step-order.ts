import type { DocumentPath } from '../problem.ts';
import type { ApiDocument, ConfigurationDocument, StepDocument } from '../schema/index.ts';
import type { Reporter } from './reporter.ts';
import type { StepPlace } from './step.ts';

export interface PlacedStep {
  readonly document: StepDocument;
  readonly place: StepPlace;
}

type Scope = NonNullable<ConfigurationDocument['scope']>;

/**
 * The steps of one phase in the order in which they run. Under `pre` and `post` the scope decides, as in v2: all steps
 * before the body is read run first, and a scope of the other phase does nothing (docs/notes/reference-policy.md, Flow).
 */
export function placeSteps(
  api: ApiDocument,
  phase: 'request' | 'response',
  path: DocumentPath,
  defaultScope: Scope,
  reporter: Reporter,
): readonly PlacedStep[] {
  const v2Name = phase === 'request' ? 'pre' : 'post';
  const v4 = enabled(api[phase], [...path, phase]);
  const v2 = enabled(api[v2Name], [...path, v2Name]);
  if (v2.length === 0) return v4.map(({ document, path }) => ({ document, place: { path, phase, body: 'as-needed' } }));
  if (v4.length > 0) {
    reporter.error(
      [...path, v2Name],
      `cannot be combined with ${phase}: use only one of them, because their order is not defined`,
      'key',
    );
  }
  const early: PlacedStep[] = [];
  const late: PlacedStep[] = [];
  const [headScope, bodyScope] =
    phase === 'request' ? (['REQUEST', 'REQUEST_CONTENT'] as const) : (['RESPONSE', 'RESPONSE_CONTENT'] as const);
  for (const { document, path } of v2) {
    const scope = document.configuration?.scope ?? defaultScope;
    if (scope === headScope) early.push({ document, place: { path, phase, body: 'absent' } });
    else if (scope === bodyScope) late.push({ document, place: { path, phase, body: 'buffered' } });
    else {
      const message = `the step never runs under ${v2Name}, because its scope is ${scope}: expected ${headScope} or ${bodyScope}`;
      // An authorizer that is left out would let everybody in.
      const report = document.authorizer ? 'error' : 'warn';
      reporter[report]([...path, 'configuration', 'scope'], message);
    }
  }
  return [...early, ...late];
}

function enabled(
  steps: readonly StepDocument[] | null | undefined,
  path: DocumentPath,
): { readonly document: StepDocument; readonly path: DocumentPath }[] {
  return (steps ?? []).flatMap((document, index) => {
    return document.enabled === false ? [] : [{ document, path: [...path, index] }];
  });
}
