import type { Guard, Plan } from '../definition.ts';
import type { FlowContext } from './context.ts';
import { readFlows } from './flows.ts';
import { isRecord, type Reader } from './reader.ts';

/** The gateway admits no callers by a plan of another status. */
const ACTIVE = new Set(['PUBLISHED', 'DEPRECATED']);

export interface ReadPlans {
  readonly plans: readonly Plan[];
  /** The restriction that no plan admits callers. */
  readonly guards: readonly Guard[];
}

/** Plans that callers can use, of a list or (Kubernetes) a map by name. `apiName` names what has no plan at all. */
export function readPlans(plans: Reader, apiName: string, context: FlowContext): ReadPlans {
  const named = plans.entries().map(([key, plan]) => [plan.text('name') ?? key, plan] as const);
  const listed = plans.elements().map((plan) => [plan.text('name', 'id') ?? 'unnamed', plan] as const);
  const all = [...named, ...listed].filter(([, plan]) => plan.isThere);
  const active = all.filter(([name, plan]) => {
    const status = (plan.find('status').word ?? 'PUBLISHED').toUpperCase();
    if (ACTIVE.has(status)) return true;
    plan.tell(context.report, 'told', `plan ${name} is ${status.toLowerCase()}: it admitted no callers`);
    return false;
  });
  const carried = active.map(([name, plan]) => readPlan(name, plan, context));
  if (carried.length > 0) return { plans: carried, guards: [] };
  const what = 'no plan is published: the gateway admits no callers';
  const name = all[0]?.[0] ?? apiName;
  return { plans: [], guards: [{ name, what, fields: [plans.path] }] };
}

function readPlan(name: string, plan: Reader, context: FlowContext): Plan {
  const field = plan.find('security');
  // A plan without one admits no callers.
  const security = (isRecord(field.data) ? field.find('type').word : field.word) ?? 'none is given';
  const tags = plan.texts('tags');
  if (tags.length > 0) {
    plan
      .get('tags')
      .tell(context.report, 'lost', `sharding tags of plan ${name}: ${tags.join(', ')}; Envoy does not know tags`);
  }
  const guard = guardOf(name, security, plan);
  return { name, security, guard, flows: readFlows(plan.items('flows'), `plan ${name}`, context) };
}

const filters: Readonly<Record<string, string>> = {
  API_KEY: 'envoy.filters.http.api_key_auth',
  JWT: 'envoy.filters.http.jwt_authn',
  OAUTH2: 'envoy.filters.http.jwt_authn or envoy.filters.http.ext_authz',
  MTLS: 'a DownstreamTlsContext with require_client_certificate',
};

function guardOf(name: string, security: string, plan: Reader): Guard | undefined {
  const type = security.toUpperCase().replaceAll('-', '_');
  const found = plan.find('selectionRule');
  const rule = found.word;
  // Both spellings mean the same field.
  const names = ['selectionRule', 'selection_rule'];
  const ruleFields = rule === undefined ? [] : [found.path, ...names.map((field) => plan.get(field).path)];
  const ruled = rule === undefined ? '' : ' admits only callers for whom its selectionRule is true';
  const ruleText = rule === undefined ? '' : withoutLiterals(rule).replace(/\s+/g, ' ').slice(0, 200);
  if (/^KEY_?LESS$/.test(type)) {
    if (rule === undefined) return undefined;
    const what = `plan ${name}${ruled}: ${ruleText}; match the callers in Envoy's routes, or use envoy.filters.http.rbac`;
    return { name, what, fields: ruleFields };
  }
  const field = plan.find('security');
  found.skip();
  field.skip();
  plan.get('securityDefinition', 'security_definition').skip();
  const filter = filters[type] ?? 'a filter that authenticates callers';
  const what = `the security of plan ${name} (${security}): put ${filter} before ext_proc`;
  const rest = rule === undefined ? '' : `; it${ruled}: ${ruleText}`;
  const definition = plan.get('securityDefinition', 'security_definition');
  return { name, what: what + rest, fields: [field.path, definition.path, ...ruleFields] };
}

/** What callers have to send may be a secret: only names in brackets stay. */
function withoutLiterals(rule: string): string {
  return rule.replace(/(\[ *)?(?:'[^']*(?:'|$)|"[^"]*(?:"|$))/g, (literal, bracket) => (bracket ? literal : "'...'"));
}
