import type { ShownCall, ShownJudgement, ShownMutations, ShownStep } from './shown-run.ts';
import { block, bodyRows, headerLines, line, type ViewRow, type ViewSection } from './view-rows.ts';

/** One policy: condition, invocation, answer, variables, sendToConsumer, mutations, as they come. */
export function stepSection(step: ShownStep, number: number): ViewSection {
  return {
    title: `${number}. ${step.name} (${step.phase} phase)`,
    ...headline(step),
    rows: [
      ...conditionRows(step),
      ...(step.call === null ? [] : callRows(step.call)),
      ...cacheRows(step),
      ...answerRows(step),
      ...(step.judgement === null ? [] : judgementRows(step.judgement)),
      ...step.variables.map(({ name, value, private: isPrivate }) =>
        line(`variable ${name}`, `${value ?? 'null'}${isPrivate ? ' (private)' : ''}`),
      ),
      ...sendRows(step),
      ...(step.mutations === null ? [] : mutationRows(step.mutations)),
      ...(step.removed.length === 0
        ? []
        : [line('removes', `${step.removed.join(', ')} (values of the caller must not be forwarded)`)]),
      ...failureRows(step),
    ],
  };
}

function headline({
  condition,
  call,
  judgement,
  failure,
  sendToConsumer,
}: ShownStep): Pick<ViewSection, 'note' | 'tone'> {
  if (failure !== null) {
    const next = failure.goesOn ? 'continues, because of onError: continue' : `the caller gets ${failure.status}`;
    return { note: `failed with ${failure.key}: ${next}`, tone: 'bad' };
  }
  if (condition?.value === false) return { note: 'skipped: its condition is false', tone: 'skipped' };
  if (judgement !== null) return { note: `${call?.function ?? 'the authorizer'} allows the request`, tone: 'good' };
  const what = call === null ? 'ran' : `${call.function} answered`;
  const send = sendToConsumer?.value === true ? '; its answer is sent to the caller' : '';
  return { note: what + send, tone: 'good' };
}

function conditionRows({ condition }: ShownStep): readonly ViewRow[] {
  if (condition === null) return [];
  const rows = [line('condition', `${condition.value}: ${condition.template}`)];
  return condition.error === null ? rows : [...rows, block('condition failed', condition.error)];
}

function callRows(call: ShownCall): readonly ViewRow[] {
  const target = `${call.function}${call.qualifier === null ? '' : `:${call.qualifier}`} in ${call.region}`;
  const at = call.endpoint === null ? '' : ` at ${call.endpoint}`;
  const type = call.invocationType === 'RequestResponse' ? '' : ` (${call.invocationType})`;
  const attempts = call.attempts !== null && call.attempts > 1 ? `, ${call.attempts} attempts` : '';
  return [
    line(call.cached ? 'kept result of' : 'calls', target + at + type + attempts),
    ...(call.clientContext === null ? [] : [line('clientContext', call.clientContext)]),
    ...(call.tenantId === null ? [] : [line('tenantId', call.tenantId)]),
    ...(call.payload === null ? [line('payload', 'none')] : bodyRows('payload', call.payload)),
    ...(call.error === null ? [] : [block('no result', errorText(call.error))]),
    ...(call.result?.functionError
      ? bodyRows(`function error (${call.result.functionError})`, call.result.payload)
      : []),
  ];
}

function cacheRows({ cache, call, answer, judgement }: ShownStep): readonly ViewRow[] {
  if (cache === null) return [];
  if (!cache.hasKey) return [line('cache', 'not kept: this request has no key')];
  const isGood = call?.result !== null && !call?.result.functionError && (answer !== null || judgement !== null);
  if (!isGood) return [line('cache', 'not kept: the answer is not successful')];
  return [line('cache', `a server keeps the result for ${cache.seconds} s; a trial keeps none`)];
}

function errorText({ kind, name, message }: NonNullable<ShownCall['error']>): string {
  return `${kind}${name === null ? '' : ` ${name}`}: ${message}`;
}

function answerRows({ answer }: ShownStep): readonly ViewRow[] {
  if (answer === null) return [];
  const headers = headerLines(answer.headers).join('\n');
  const bodiless = answer.streamed ? ', its body is streamed' : ', no body';
  return [
    line('answer', `status ${answer.status}${answer.body === null ? bodiless : ''}`),
    ...(headers === '' ? [] : [block('its headers', headers)]),
    ...bodyRows('its body', answer.body),
  ];
}

function judgementRows({ arn, principalId, context, ...judgement }: ShownJudgement): readonly ViewRow[] {
  return [
    line('verdict', verdictText({ principalId, ...judgement })),
    line('on', arn),
    ...(principalId === null ? [] : [line('principalId', principalId)]),
    ...(context === null ? [] : bodyRows('context', context)),
  ];
}

function verdictText({
  verdict,
  statement,
  principalId,
}: Pick<ShownJudgement, 'verdict' | 'statement' | 'principalId'>): string {
  // A policy always has a principal.
  if (principalId === null)
    return verdict === 'allow' ? 'allowed: isAuthorized is true' : 'denied: isAuthorized is false';
  if (verdict === 'deny-default') return 'denied: no statement of its policy allows this ARN';
  return `${verdict === 'allow' ? 'allowed' : 'denied'} by statement ${statement} of its policy`;
}

function sendRows({ sendToConsumer: send }: ShownStep): readonly ViewRow[] {
  if (send === null || (send.template === null && !send.value)) return [];
  return [line('sendToConsumer', send.template === null ? `${send.value}` : `${send.value}: ${send.template}`)];
}

function mutationRows({ by, of, set, append, remove, body, path, status }: ShownMutations): readonly ViewRow[] {
  const lines = [
    ...(status === null ? [] : [`status ${status}`]),
    ...(path === null ? [] : [`path ${path}`]),
    ...set.map(([name, value]) => (value === null ? `remove ${name} (its value is null)` : `set ${name}: ${value}`)),
    ...append.flatMap(([name, value]) => (value === null ? [] : [`append ${name}: ${value}`])),
    ...remove.map((name) => `remove ${name}`),
    ...(body === null ? [] : [`body ${body}`]),
  ];
  return lines.length === 0
    ? []
    : [block(by === 'answer' ? 'answer to caller' : `mutations of the ${of}`, lines.join('\n'))];
}

function failureRows({ failure }: ShownStep): readonly ViewRow[] {
  if (failure === null) return [];
  const rows = [line('for the caller', failure.message)];
  return failure.cause === null ? rows : [...rows, block('why', failure.cause)];
}
