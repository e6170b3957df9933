import type { Reporter } from '../compile/reporter.ts';
import type { EnvoyNode } from './envoy-node.ts';
import type { Filter } from './filters.ts';
import { guards, nameOf, type UsedRoute } from './used-routes.ts';

/** Headers that the server itself reads, apart from policies: for the coding of a body, the choice of an error page, and upgrades. */
const OWN_REQUEST = [
  ':method',
  ':path',
  ':scheme',
  ':authority',
  'accept',
  'content-type',
  'content-encoding',
  'upgrade',
];
const OWN_RESPONSE = [':status', 'content-type', 'content-encoding'];

/**
 * Headers that `forward_rules` withholds from the server. To a policy they look absent, and the server cannot see that Envoy
 * withholds anything.
 */
export function checkForwardedHeaders({ config }: Filter, used: UsedRoute, reporter: Reporter): void {
  const rules = config.get('forward_rules');
  if (rules === undefined) return;
  const { policies } = used;
  const read = [...policies.needs.headers];
  const own = [...OWN_REQUEST, ...(policies.needs.response ? OWN_RESPONSE : [])];
  const hidden = [...new Set([...own, ...read])].filter((name) => isKeptBack(rules, name));
  if (hidden.length === 0) return;
  const severity = guards(policies) && read.some((name) => hidden.includes(name)) ? 'error' : 'warn';
  const patterns = hidden.map((name) => `{exact: ${JSON.stringify(name)}}`).join(', ');
  const message = `${nameOf(used)} depends on headers that Envoy withholds, and treats them as absent: ${hidden.join(', ')}; add \`${patterns}\` to the patterns of \`allowed_headers\`, or remove them from \`disallowed_headers\``;
  reporter[severity](rules.path, message, 'key');
}

function isKeptBack(rules: EnvoyNode, name: string): boolean {
  const allowed = rules.get('allowed_headers')?.items('patterns') ?? [];
  const disallowed = rules.get('disallowed_headers')?.items('patterns') ?? [];
  return (
    (allowed.length > 0 && !allowed.some((pattern) => fits(pattern, name) !== 'no')) ||
    disallowed.some((pattern) => fits(pattern, name) === 'yes')
  );
}

/** `maybe` for regular expressions: Envoy evaluates them with RE2, and they are not evaluated here. */
function fits(pattern: EnvoyNode, name: string): 'yes' | 'no' | 'maybe' {
  const fold = (text: string): string => (pattern.flag('ignore_case') ? text.toLowerCase() : text);
  const [exact, prefix, suffix, contains] = ['exact', 'prefix', 'suffix', 'contains'].map((kind) => pattern.text(kind));
  if (exact !== undefined) return fold(exact) === name ? 'yes' : 'no';
  if (prefix !== undefined) return name.startsWith(fold(prefix)) ? 'yes' : 'no';
  if (suffix !== undefined) return name.endsWith(fold(suffix)) ? 'yes' : 'no';
  if (contains !== undefined) return name.includes(fold(contains)) ? 'yes' : 'no';
  return 'maybe';
}
