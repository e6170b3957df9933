import { responseAttributes } from '../../envoy-names.ts';
import type { Reporter } from '../compile/reporter.ts';
import type { Filter } from './filters.ts';
import { nameOf, type UsedRoute } from './used-routes.ts';

/** The attributes from which the server tells who answered (ext-proc/exchange/who-answered.ts). */
const WANTED: readonly string[] = [responseAttributes.codeDetails, responseAttributes.upstreamAddress];

/** Checks that the server can tell who answered: the backend, to whose answers policies apply, or Envoy and its filters. */
export function checkSender({ config }: Filter, used: UsedRoute, reporter: Reporter): void {
  if (!used.policies.needs.response) return;
  const asked = config.get('response_attributes')?.data;
  const missing = WANTED.filter((name) => !Array.isArray(asked) || !asked.includes(name));
  if (missing.length === 0) return;
  const message = `the server cannot know whether the backend or Envoy made a response, and ${nameOf(used)} answers 500 if that matters: write \`response_attributes: [${WANTED.join(', ')}]\``;
  reporter.warn(config.placeOf('response_attributes'), message);
}
