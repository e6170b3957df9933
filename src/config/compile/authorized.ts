import { AUTHORIZER_ATTRIBUTE, type PolicyStep } from '../../policy/index.ts';
import type { DocumentPath } from '../problem.ts';
import type { Reporter } from './reporter.ts';

/** The request steps before one. */
interface Before {
  /** The first authorizer among them. */
  readonly authorizedBy: string | undefined;
  readonly earlier: readonly Pick<PolicyStep, 'name' | 'configuration'>[];
}

const METHOD = ':method';

/** The request that an authorizer has allowed must be the one that continues, and its statements must be its own. */
export function checkAuthorized(
  { configuration, authorizer }: PolicyStep,
  { authorizedBy, earlier }: Before,
  path: DocumentPath,
  reporter: Reporter,
): void {
  const at = [...path, 'configuration'];
  if (authorizedBy !== undefined && configuration.mutations.path !== undefined) {
    const message = `changes the path that the authorizer of step ${authorizedBy} has allowed: run this step before it`;
    reporter.error([...at, 'mutations', 'path'], message, 'key');
  }
  if (authorizedBy !== undefined && changesMethod(configuration)) {
    const message = `changes the method that the authorizer of step ${authorizedBy} has allowed: remove ${METHOD}`;
    reporter.error([...at, 'mutations', 'headers'], message, 'key');
  }
  const changing = earlier.find((step) => changesMethod(step.configuration));
  if (authorizer !== undefined && changing !== undefined) {
    const message = `decides about the method that the caller sent, but step ${changing.name} forwards another one: remove ${METHOD} from its mutations`;
    reporter.error([...path, 'authorizer'], message, 'key');
  }
  if (authorizedBy === undefined && authorizer === undefined) return;
  if (!configuration.variables.some(({ name }) => name === AUTHORIZER_ATTRIBUTE)) return;
  const message = `${AUTHORIZER_ATTRIBUTE} is reserved for the result of the authorizer: choose another name for the variable`;
  reporter.error([...at, 'variables'], message, 'key');
}

function changesMethod({ mutations }: PolicyStep['configuration']): boolean {
  const { set, append, remove } = mutations;
  return remove.includes(METHOD) || [...set, ...append].some(([name]) => name === METHOD);
}
