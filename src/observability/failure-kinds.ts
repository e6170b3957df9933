interface FailureKindFacts {
  /** One sentence, for people. */
  readonly cause: string;
  /** What an operator does about it: one or two sentences. */
  readonly remedy: string;
}

/** Of invocations that gave no answer: the `kind` of `lambda_ext_proc_invocations_total`. */
const invocationKinds = {
  throttled: {
    cause: 'AWS throttled the call, to its last attempt.',
    remedy:
      "See `throttledBy` and `throttlingReason` of the log line `invocation`: raise the function's reserved concurrency, the account's quota, or call less (`cache`, `maxConcurrency`).",
  },
  timeout: {
    cause:
      'A connection, an answer or the whole call took longer than `connectionTimeoutMs`, `readTimeoutMs`, `apiCallAttemptTimeoutMs` or `apiCallTimeoutMs` allows.',
    remedy:
      "See `reason` for which limit; compare the function's own duration with `readTimeoutMs` and the time that Envoy allows.",
  },
  denied: {
    cause: 'AWS, or what stands before it, refused the identity: its rights, its keys or its clock.',
    remedy: 'See `errorType`; print what IAM must allow by `lambda-ext-proc iam`, and test it by `check --live`.',
  },
  not_found: {
    cause: 'AWS knows no such function, version or alias in that region and account.',
    remedy: 'Compare `function` and `region` of the log line `invocation` with what is deployed.',
  },
  credentials: {
    cause:
      'There were no valid credentials to sign the call: the source gave none in time, STS refused a role, or AWS called them expired.',
    remedy: 'See `reason` and `/readyz`: it names the source and what it said.',
  },
  connection: {
    cause: 'No connection to the endpoint, or it broke: name resolution, routing, TLS, a proxy.',
    remedy: 'See `reason` for address and error; try the endpoint from the same machine or pod.',
  },
  too_large: {
    cause: "The payload or the function's result is larger than Lambda or the sidecar takes.",
    remedy: 'Send less, or have the function answer less; a streamed answer may be larger.',
  },
  function_error: {
    cause: 'The function ran and failed.',
    remedy:
      "See `functionErrorType` and `functionErrorMessage` of the log line `invocation`, and the function's log by `awsRequestId`. The fix is in the function.",
  },
  invalid_result: {
    cause: "The function's result is no answer in the step's `responseFormat`.",
    remedy: 'See `reason`; have the function return what the format expects, or choose another format.',
  },
  unauthorized: {
    cause: 'The authorizer let the caller not in: no identity, or the function says `Unauthorized`.',
    remedy: 'Nothing, where callers have no valid credentials. It is a 401 to the caller.',
  },
  invalid_request: {
    cause: 'The invocation cannot be sent as it is configured, or AWS called it invalid.',
    remedy: 'See `reason`: it names the field, its value and what would be right.',
  },
  service_error: {
    cause: "Lambda failed, or the function's own set-up is broken (its role, key, network, image).",
    remedy: "See `errorType`. A set-up needs the function's owner; a failure of AWS passes: see AWS's health page.",
  },
  unexpected_status: {
    cause: 'Something that is not Lambda answered: a proxy, a private endpoint, a redirect.',
    remedy: 'See `statusCode` and `endpoint` of the policy; ask the endpoint from the same machine.',
  },
  circuit_open: {
    cause: 'The circuit of the function is open after failures in a row: nothing was sent.',
    remedy: 'See the kinds of the failures before it; the circuit tries again by itself.',
  },
  concurrency_limit: {
    cause: '`maxConcurrency` invocations of the function are under way in this process: nothing was sent.',
    remedy: 'Raise `maxConcurrency`, or find out why the function has become slow.',
  },
  session_limit: {
    cause: 'Requests ask for more new sessions of roles a second than are allowed: nothing was sent.',
    remedy: 'Find which expression makes role, session name or external id of data that callers send.',
  },
  no_room: {
    cause: 'The result did not fit into `limits.bufferedBytes`, or the share of its API.',
    remedy: 'Raise the limit with the memory of the process, add workers, or answer less.',
  },
  stream: {
    cause: 'A streamed result broke off, was damaged, or ended with an error of the service.',
    remedy: "See `reason`, and the function's log by `awsRequestId`.",
  },
  aborted: {
    cause: 'The caller left, or Envoy gave up, before the function had answered.',
    remedy:
      "Nothing, where callers leave. If many do: compare the function's duration with Envoy's timeouts and with those of callers.",
  },
} as const satisfies Record<string, FailureKindFacts>;

/** Of requests, beside those of their invocations. */
const requestKinds = {
  expression: {
    cause: 'An expression failed for this request.',
    remedy: 'See `place` and `reason`: try the request by `lambda-ext-proc try`.',
  },
  invalid_value: {
    cause: 'An expression, or a format, gave what cannot be used: an empty function, a header with a line break.',
    remedy: 'See `field` and `place`: guard the expression against what such requests have.',
  },
  evaluation_limit: {
    cause: 'The expressions of the request took more than `limits.evaluationMs`, or one of them too many steps.',
    remedy: 'See `place`: make the expression cheaper, or bound what callers may send.',
  },
  no_api: {
    cause: 'The route leads to no API of the document, or to more than one.',
    remedy:
      'See `route` and `reason`: name the API in `grpc_initial_metadata`, or fix `authorities`, `select`, `routes`.',
  },
  invalid_policies: {
    cause: 'The policies or settings that the route brings along are invalid, or not allowed.',
    remedy: 'See `reason`; check the Envoy configuration by `check --envoy`.',
  },
  not_allowed: {
    cause: 'An expression gave a function, region, endpoint or role outside of `allow` or `inline`.',
    remedy: 'See `field` and `reason`: widen the list, or find who sends such requests.',
  },
  forbidden: {
    cause: 'The authorizer denied the request.',
    remedy: 'Nothing, where the caller has no right. `try` shows which statement decides.',
  },
  authorizer: {
    cause: 'The answer of the authorizer cannot be judged: the caller was not let in.',
    remedy: "See `reason`; have the function return API Gateway's policy or simple response.",
  },
  path: {
    cause: 'The path of the request does not match `format.resource`, or has two meanings.',
    remedy: 'Nothing, where callers send such paths; else compare the route with `format.resource`.',
  },
  body_unavailable: {
    cause: 'Envoy did not send a body or a response that a policy needs.',
    remedy: 'See `reason` for the setting: mostly `allow_mode_override`, or `envoy` in the document.',
  },
  body_too_large: {
    cause: 'The body is larger than `limits.bodyBytes`.',
    remedy: 'Nothing, where callers send too much; else raise the limit and the buffers of Envoy.',
  },
  encoding: {
    cause: "The body's content coding is not supported, or the body is not what it says.",
    remedy: 'Nothing, where callers send such bodies.',
  },
  unattributed: {
    cause: 'A response came, and nothing told whether a backend or Envoy made it.',
    remedy: 'Set `response_attributes: [response.code_details, upstream.address]` on the ext_proc filter.',
  },
  message_timeout: {
    cause: "The policies would have answered after Envoy's message timeout.",
    remedy: 'Raise `message_timeout` and tell it by `envoy`, or lower the time of the step.',
  },
  overloaded: {
    cause: 'A limit of the process is reached, or the share of the API.',
    remedy: 'See `reason` for which limit: add workers or replicas, or find what became slow.',
  },
  shutting_down: {
    cause: 'The process ended while the answer was still being sent.',
    remedy: 'Give `--drain-timeout` more seconds than answers take.',
  },
  internal: {
    cause: 'An unexpected error, or the protocol was not as it must be.',
    remedy: 'See `reason` and `err`. If neither names a setting it is a bug: report it.',
  },
} as const satisfies Record<string, FailureKindFacts>;

/**
 * Every kind of failure there is: the `kind` of metrics, log lines and records of failures, with its cause and what to do.
 * docs/reference/logs.md has a row for each, made from here.
 */
export const failureKinds = { ...invocationKinds, ...requestKinds } as const;

export type InvocationFailureKind = keyof typeof invocationKinds;
export type FailureKind = keyof typeof failureKinds;

export const INVOCATION_KINDS = Object.keys(invocationKinds) as readonly InvocationFailureKind[];
export const FAILURE_KINDS = Object.keys(failureKinds) as readonly FailureKind[];
