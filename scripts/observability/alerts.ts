import { errorBurns, OBJECTIVES, slowBurns } from './objectives.ts';
import { Promql } from './promql.ts';

/** One alerting rule. Several rules may have the same name: the runbook has one section for each name. */
export interface Alert {
  readonly name: string;
  readonly expr: string;
  readonly for?: string;
  readonly severity: 'critical' | 'warning';
  /** Distinguishes rules with the same name: to promtool two rules with the same labels are an error. */
  readonly part?: string;
  readonly summary: string;
  readonly description: string;
}

const within = (window: string): Promql => new Promql([], window);
const now = within('5m');
const byInstance = ['job', 'instance'] as const;
const byFunction = ['job', 'api', 'function'] as const;
const INSTANCE = '{{ $labels.instance }}';
const FUNCTION = '{{ $labels.function }} of API {{ $labels.api }}';
const SHARE = '{{ $value | humanizePercentage }}';

/** The most serious first, because people on call read the list from the top. */
export function alerts(): readonly Alert[] {
  return [...requests(), ...functions(), ...credentials(), ...configuration(), ...envoy(), ...processes()];
}

function requests(): readonly Alert[] {
  return [
    {
      name: 'LambdaExtProcDown',
      // The job is the Service's name where Prometheus's operator finds it.
      expr: 'up{job=~".*lambda-ext-proc.*"} == 0',
      for: '5m',
      severity: 'critical',
      summary: `${INSTANCE} does not answer Prometheus`,
      description: 'The process is down, or the admin port (9464) cannot be reached.',
    },
    ...errorBurns().map(({ long, rate, ...rule }) => ({
      ...rule,
      name: 'LambdaExtProcErrorBudgetBurn',
      part: long,
      summary: `${SHARE} of the requests of API {{ $labels.api }} fail`,
      description: `${burnRate(rate, long, OBJECTIVES.errors)} The panel "Failures by kind" says what fails.`,
    })),
    ...slowBurns().map(({ long, rate, ...rule }) => ({
      ...rule,
      name: 'LambdaExtProcLatencyBudgetBurn',
      part: long,
      summary: `${SHARE} of the invocations of ${FUNCTION} take longer than ${OBJECTIVES.seconds} s`,
      description: `${burnRate(rate, long, OBJECTIVES.slow)} The panel "Time of invocations" shows how long they take.`,
    })),
  ];
}

function burnRate(rate: number, long: string, budget: number): string {
  const objective = Math.round((1 - budget) * 10_000) / 100;
  return `The burn rate over ${long} is above ${rate}, for an objective of ${objective} %.`;
}

function functions(): readonly Alert[] {
  const all = now.rate('invocations', { by: byFunction });
  const throttled = now.rate('invocations', { match: { kind: 'throttled' }, by: byFunction });
  const match = { outcome: ['error', 'function_error'], kind: { not: ['throttled'] } } as const;
  const failing = now.rate('invocations', { match, by: [...byFunction, 'kind'] });
  return [
    {
      name: 'LambdaExtProcThrottled',
      expr: `${throttled} / ${all} > 0.01`,
      for: '2m',
      severity: 'warning',
      summary: `AWS throttles ${SHARE} of the invocations of ${FUNCTION}`,
      description:
        'The panel "Throttled, by limit" says whether the function, the account or the caller has reached its limit.',
    },
    {
      name: 'LambdaExtProcInvocationsFailing',
      expr: `${failing} / on (job, api, function) group_left () ${all} > 0.05`,
      for: '5m',
      severity: 'warning',
      summary: `${SHARE} of the invocations of ${FUNCTION} fail: {{ $labels.kind }}`,
      description: 'The log line "invocation" with this kind has AWS\'s own reason and its request id.',
    },
    {
      name: 'LambdaExtProcCircuitOpen',
      expr: now.happened('circuitOpenings', { by: ['job', 'function'] }),
      severity: 'warning',
      summary: 'The circuit of {{ $labels.function }} opened',
      description:
        'Calls are refused without a request to AWS until a trial call succeeds. The panel "Failed invocations by kind" has the failures before it.',
    },
  ];
}

function credentials(): readonly Alert[] {
  const of = 'AWS credentials of {{ $labels.source }}';
  return [
    {
      name: 'LambdaExtProcCredentialsMissing',
      expr: `${now.select('credentialsValid')} == 0`,
      for: '1m',
      severity: 'critical',
      summary: `There are no valid ${of} on ${INSTANCE}`,
      description: 'Invocations that need them fail with the kind credentials. /readyz has the answer of each source.',
    },
    {
      name: 'LambdaExtProcCredentialsPastExpiry',
      expr: `${now.select('credentialsPastExpiry')} == 1`,
      for: '1m',
      severity: 'critical',
      summary: `${of} are used past their expiry on ${INSTANCE}`,
      description: 'Their source returns no new ones. /readyz has its answer.',
    },
    {
      name: 'LambdaExtProcCredentialsExpiring',
      // Credentials are refreshed at least five minutes before they expire: docs/reference/credentials.md.
      expr: `${now.select('credentialsExpiry')} - time() < 240`,
      for: '1m',
      severity: 'critical',
      summary: `${of} expire in {{ $value | humanizeDuration }} on ${INSTANCE}`,
      description:
        'They should have been refreshed by now. The log line "credentials cannot be refreshed" has the reason.',
    },
  ];
}

function configuration(): readonly Alert[] {
  return [
    {
      name: 'LambdaExtProcPoliciesInvalid',
      expr: `${now.select('policiesValid')} == 0`,
      for: '1m',
      severity: 'warning',
      summary: `The configuration cannot be used on ${INSTANCE}`,
      description:
        'Older policies are in force. The log has the line and the reason. A process that starts now would fail.',
    },
    {
      name: 'LambdaExtProcNoApi',
      expr: `${now.rate('failures', { match: { kind: 'no_api' }, by: ['job'] })} > 0`,
      for: '10m',
      severity: 'warning',
      summary: 'Requests match no API of the policies',
      description: 'They are refused. The log line "request failed" with the kind no_api has the route.',
    },
  ];
}

function envoy(): readonly Alert[] {
  return [
    {
      name: 'LambdaExtProcBodyUnavailable',
      expr: now.happened('bodiesUnavailable', { by: ['job', 'api'] }),
      severity: 'critical',
      summary: 'Envoy does not send what policies of API {{ $labels.api }} read',
      description:
        'Its requests are answered 500. Check the configuration of Envoy with `lambda-ext-proc check --envoy`.',
    },
    {
      name: 'LambdaExtProcResponsesUnattributed',
      expr: now.happened('unattributedResponses', { by: ['job', 'request'] }),
      severity: 'critical',
      summary: 'Envoy does not expose whether a backend or Envoy itself made a response',
      description:
        'Such responses are answered 500. The filter needs response_attributes: [response.code_details, upstream.address].',
    },
    {
      name: 'LambdaExtProcSaturated',
      part: 'process',
      expr: now.happened('limits', {
        // Other kinds of failure concern only one caller's request or one policy.
        match: {
          limit: [
            'streams',
            'buffered_bytes',
            'response_streams',
            'api_streams',
            'api_buffered_bytes',
            'api_response_streams',
          ],
        },
        by: [...byInstance, 'limit'],
      }),
      severity: 'warning',
      summary: `${INSTANCE} refuses requests: the limit {{ $labels.limit }} is reached`,
      description: 'Callers get a 503. There is more work than the limits allow, or functions have become slow.',
    },
    {
      name: 'LambdaExtProcSaturated',
      part: 'policy',
      expr: now.happened('refusedInvocations', {
        match: { reason: ['concurrency_limit', 'session_limit'] },
        by: ['job', 'api', 'function', 'reason'],
      }),
      severity: 'warning',
      summary: `Calls of ${FUNCTION} are not sent: {{ $labels.reason }}`,
      description: 'A limit of the policy is reached: maxConcurrency, or new role sessions per second.',
    },
    {
      name: 'LambdaExtProcSaturated',
      part: 'event-loop',
      expr: `${now.select('eventLoopLag', { match: { statistic: 'p99' } })} > 0.25`,
      for: '5m',
      severity: 'warning',
      summary: `The event loop of ${INSTANCE} is {{ $value | humanizeDuration }} late`,
      description: 'The process has less CPU than its requests need. Every request waits that long.',
    },
  ];
}

function processes(): readonly Alert[] {
  return [
    {
      name: 'LambdaExtProcWorkersDown',
      expr: `${now.select('workersReady')} < ${now.select('workersWanted')}`,
      for: '2m',
      severity: 'warning',
      summary: `Only {{ $value }} workers serve on ${INSTANCE}`,
      description:
        'The others ended and do not start again. The log line "worker ended unexpectedly" or "worker cannot start" has the reason.',
    },
    {
      name: 'LambdaExtProcUnexpectedErrors',
      part: 'process',
      expr: within('10m').happened('unexpectedErrors', { by: [...byInstance, 'kind'] }),
      severity: 'warning',
      summary: `Unexpected errors on ${INSTANCE}: {{ $labels.kind }}`,
      description: 'A bug of lambda-ext-proc. The log line "unexpected" has its place.',
    },
    {
      name: 'LambdaExtProcUnexpectedErrors',
      part: 'stream',
      expr: within('10m').happened('streams', {
        match: { outcome: ['failed', 'violation'] },
        by: [...byInstance, 'outcome'],
      }),
      severity: 'warning',
      summary: `Streams end as {{ $labels.outcome }} on ${INSTANCE}`,
      description:
        'Their callers got an empty 500. The log line "stream failed" or "ext_proc protocol violated" has the reason.',
    },
  ];
}
