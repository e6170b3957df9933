import {
  type ApiPolicies,
  type MessageTemplates,
  type MutationTemplates,
  needsWholeResponse,
  type PolicyStep,
} from '../../policy/index.ts';
import { judgeHeader, type MutationRule } from '../compile/header-names.ts';
import type { Reporter } from '../compile/reporter.ts';
import type { EnvoyNode } from './envoy-node.ts';
import type { Filter } from './filters.ts';
import { nameOf, type UsedRoute } from './used-routes.ts';

/** Checks that Envoy accepts the changes that the policies make. */
export function checkMutations(filter: Filter, used: UsedRoute, reporter: Reporter): void {
  const { config } = filter;
  const rules = config.get('mutation_rules');
  const place = config.placeOf('mutation_rules');
  const outcome = rules?.flag('disallow_is_error') ? 'answers each request with a 500' : 'silently drops the change';
  const disallowsAll = rules?.flag('disallow_all') === true;
  if (disallowsAll && needsWholeResponse(used.policies)) {
    const message = `${nameOf(used)} reads or replaces responses, so Range is removed from requests, and Envoy ${outcome}: remove \`disallow_all\``;
    reporter.error(place, message);
  }
  for (const { name, mutations } of changesOf(used.policies)) {
    for (const [header, rule] of refusedHeaders(mutations)) {
      if (rules?.flag(rule)) continue;
      const message = `step ${name} of ${nameOf(used)} changes ${header}, and Envoy ${outcome}: write \`mutation_rules: {${rule}: true}\``;
      reporter.error(place, message);
    }
    if (!changesSomething(mutations)) continue;
    if (disallowsAll) {
      reporter.error(place, `step ${name} of ${nameOf(used)} changes headers: remove \`disallow_all\``);
    } else if (rules?.flag('disallow_system') && (mutations.path !== undefined || mutations.status !== undefined)) {
      reporter.error(place, `step ${name} of ${nameOf(used)} changes path or status: remove \`disallow_system\``);
    }
    const clears = mutations.clearRouteCache && ignoresRouteCache(config);
    if (clears) {
      const message = `step ${name} of ${nameOf(used)} has clearRouteCache, which Envoy ignores with this setting: remove it`;
      reporter.error(config.placeOf(clears), message, 'key');
    }
  }
}

interface StepChanges {
  readonly name: string;
  readonly mutations: MutationTemplates;
}

function changesOf({ request, response }: ApiPolicies): readonly StepChanges[] {
  return [
    ...[...request, ...response].map(({ name, configuration: { mutations } }) => ({ name, mutations })),
    // The rules also restrict the headers of an immediate response, which is how the answer of a request step is sent.
    ...request.map((step) => answerOf(step, { status: undefined, body: undefined })),
    ...response.map((step) => answerOf(step)),
  ];
}

function answerOf({ name, configuration }: PolicyStep, left: Partial<MutationTemplates> = {}): StepChanges {
  return { name, mutations: { ...configuration.answer, path: undefined, clearRouteCache: false, ...left } };
}

function refusedHeaders(mutations: MessageTemplates): ReadonlyMap<string, MutationRule> {
  const names = [
    ...mutations.set.map(([name]) => name),
    ...mutations.append.map(([name]) => name),
    ...mutations.remove,
  ];
  const refused = new Map<string, MutationRule>();
  for (const name of names) {
    const verdict = judgeHeader(name);
    if (verdict.kind === 'refused-by-envoy') refused.set(name, verdict.rule);
  }
  return refused;
}

function changesSomething(mutations: MutationTemplates): boolean {
  const { set, append, remove, path, status, body } = mutations;
  return set.length + append.length + remove.length > 0 || [path, status, body].some((change) => change !== undefined);
}

/** The field that makes Envoy keep the route, if one is set. */
function ignoresRouteCache(config: EnvoyNode): string | undefined {
  if (config.flag('disable_clear_route_cache')) return 'disable_clear_route_cache';
  return config.text('route_cache_action') === 'RETAIN' ? 'route_cache_action' : undefined;
}
