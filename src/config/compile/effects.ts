import type { LambdaConfiguration } from '../../policy/index.ts';
import type { ConfigurationScope } from './configuration-scope.ts';
import { changesMessage } from './message-templates.ts';

export interface StepEffects {
  readonly phase: 'request' | 'response';
  /** An earlier request step that answers every request: no request continues from here. */
  readonly answeredBy: string | undefined;
}

type Effects = Pick<LambdaConfiguration, 'sendToConsumer' | 'mutations' | 'answer'>;

/** Reports fields of the step that can never take effect, except those of `defaults`, which apply to steps of every kind. */
export function checkEffects(configuration: Effects, place: StepEffects, scope: ConfigurationScope): void {
  if (scope.says(['answer'])) checkAnswer(configuration, scope);
  if (scope.says(['mutations'])) checkMutations(configuration, place, scope);
}

function checkAnswer({ sendToConsumer, answer }: Effects, scope: ConfigurationScope): void {
  const { status, body } = answer;
  if (sendToConsumer === false && changesMessage(answer)) {
    const remedy = 'write `sendToConsumer: true` or an expression, or change the forwarded message with `mutations`';
    scope.error(['answer'], `has no effect without sendToConsumer: ${remedy}`, 'key');
  }
  if ((status === 204 || status === 304) && body !== undefined && body.constant !== '') {
    scope.warn(['answer', 'body'], `is never sent: a response with the status ${status} has no body`, 'key');
  }
}

function checkMutations(
  { sendToConsumer, mutations }: Effects,
  { phase, answeredBy }: StepEffects,
  scope: ConfigurationScope,
): void {
  const { path, status, clearRouteCache } = mutations;
  const reason = whyIneffective(sendToConsumer === true, phase, answeredBy);
  if (reason !== undefined) {
    const changes = changesMessage(mutations) || path !== undefined || clearRouteCache;
    if (changes) scope.error(['mutations'], reason, 'key');
    return;
  }
  const refuse = (field: string, message: string): void => {
    if (scope.says(['mutations', field])) scope.error(['mutations', field], message, 'key');
  };
  if (phase === 'request') {
    if (status !== undefined) refuse('status', 'has no effect: a request has no status; use `answer.status`');
    const headers = mutations.set.length + mutations.append.length + mutations.remove.length;
    if (clearRouteCache && headers === 0 && path === undefined) {
      scope.warn(['mutations', 'clearRouteCache'], 'has no effect: no header and no path is changed', 'key');
    }
    return;
  }
  if (path !== undefined) refuse('path', 'has no effect in the response phase');
  if (clearRouteCache) refuse('clearRouteCache', 'has no effect in the response phase');
}

function whyIneffective(
  sends: boolean,
  phase: StepEffects['phase'],
  answeredBy: string | undefined,
): string | undefined {
  if (sends) {
    const why = phase === 'request' ? 'the request is never forwarded' : "the function's answer replaces the response";
    return `has no effect: sendToConsumer is true, so ${why}; change the answer to the caller with \`answer\``;
  }
  if (answeredBy === undefined) return undefined;
  return `has no effect: step ${answeredBy} answers every request, so no request is forwarded; change the answer in a response step`;
}
