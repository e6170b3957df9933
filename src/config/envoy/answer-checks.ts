import type { ApiPolicies } from '../../policy/index.ts';
import type { Reporter } from '../compile/reporter.ts';
import type { Filter } from './filters.ts';
import type { Route } from './routes.ts';
import { authorizes, mayAnswer, nameOf, severityFor, type UsedRoute } from './used-routes.ts';

/** `apis`: the API that the route reaches, or all those that it may reach. */
export function checkFailureMode({ failureModeAllow }: Route, apis: readonly ApiPolicies[], reporter: Reporter): void {
  if (failureModeAllow === undefined) return;
  const message =
    'requests bypass their policies, including authorizers, whenever the server is unavailable or slow: write `failure_mode_allow: false`';
  reporter[apis.some(authorizes) ? 'error' : 'warn'](failureModeAllow.path, message);
}

/** Checks that Envoy uses the server's answers. */
export function checkAnswers({ config }: Filter, used: UsedRoute, reporter: Reporter): void {
  if (config.flag('observability_mode')) {
    const message = `Envoy ignores every answer: ${nameOf(used)} can neither change nor answer a request; remove it, unless all its functions are called as Events`;
    reporter[severityFor([used])](config.placeOf('observability_mode'), message, 'key');
  }
  if (!config.flag('disable_immediate_response')) return;
  const what = mayAnswer(used.policies) ? 'answers of sendToConsumer and error answers' : 'error answers';
  reporter.error(
    config.placeOf('disable_immediate_response'),
    `callers of ${nameOf(used)} get an empty 500 instead of ${what}: remove it`,
    'key',
  );
}
