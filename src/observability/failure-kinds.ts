interface FailureKindFacts {
  /** One sentence, for people. */
  readonly cause: string;
  /** What an operator does about it: one or two sentences. */
  readonly remedy: string;
}

/** Of invocations that gave no answer: the `kind` of `lambda_ext_proc_invocations_total`. */
const invocationKinds = {
  throttled: {
    cause: 'AWS throttled the call, including its last attempt.',
    remedy:
      "See `throttledBy` and `throttlingReason` of the log line `invocation`: raise the function's reserved concurrency, the account's quota, or call less (`cache`, `maxConcurrency`).",
  },
  timeout: {
    cause:
      'A connection, an answer or the whole call took longer than `connectionTimeoutMs`, `readTimeoutMs`, `apiCallAttemptTimeoutMs` or `apiCallTimeoutMs` allows.',
    remedy:
      "`reason` says which limit was exceeded. Compare the function's own duration with `readTimeoutMs` and the time that Envoy allows.",
  },
  denied: {
    cause: 'AWS, or a proxy in front of it, refused the identity: its permissions, its keys or its clock.',
    remedy:
      'See `errorType`. Print the required IAM policy with `lambda-ext-proc iam`, and test it with `check --live`.',
  },
  not_found: {
    cause: 'The function, version or alias does not exist in that region and account.',
    remedy: 'Compare `function` and `region` of the log line `invocation` with what is deployed.',
  },
  credentials: {
    cause:
      'There were no valid credentials to sign the call: the source returned none in time, STS refused a role, or AWS said that they have expired.',
    remedy: 'See `reason` and `/readyz`, which names the source and its error.',
  },
  connection: {
    cause: 'The connection to the endpoint failed or broke: name resolution, routing, TLS, a proxy.',
    remedy: '`reason` has the address and the error. Try the endpoint from the same machine or pod.',
  },
  too_large: {
    cause: "The payload or the function's result is larger than Lambda or the sidecar accepts.",
    remedy: 'Send less data, or make the function return less. A streamed answer may be larger.',
  },
  function_error: {
    cause: 'The function ran and failed.',
    remedy:
      "See `functionErrorType` and `functionErrorMessage` of the log line `invocation`, and the function's log by `awsRequestId`. The fix is in the function.",
  },
  invalid_result: {
    cause: "The function's result is not valid in the step's `responseFormat`.",
    remedy: 'See `reason`. Make the function return what the format expects, or choose another format.',
  },
  unauthorized: {
    cause: 'The authorizer refused the caller: no identity, or the function says `Unauthorized`.',
    remedy: 'Nothing, if callers have no valid credentials. The caller gets a 401.',
  },
  invalid_request: {
    cause: 'The invocation cannot be sent as configured, or AWS said that it is invalid.',
    remedy: '`reason` names the field, its value and what would be valid.',
  },
  service_error: {
    cause: "Lambda failed, or the function's own set-up is broken (its role, key, network, image).",
    remedy:
      "See `errorType`. The function's owner must fix its set-up. A failure of AWS is temporary: see AWS's health page.",
  },
  unexpected_status: {
    cause: 'Something that is not Lambda answered: a proxy, a private endpoint, a redirect.',
    remedy: 'See `statusCode`, and `endpoint` of the policy. Call the endpoint from the same machine.',
  },
  circuit_open: {
    cause: 'The circuit of the function is open after consecutive failures: nothing was sent.',
    remedy: 'See the kinds of the failures before it. The circuit retries by itself.',
  },
  concurrency_limit: {
    cause: '`maxConcurrency` invocations of the function are running in this process: nothing was sent.',
    remedy: 'Raise `maxConcurrency`, or find out why the function has become slow.',
  },
  session_limit: {
    cause: 'Requests need more new role sessions per second than are allowed: nothing was sent.',
    remedy: 'Find the expression that builds the role, session name or external id from data that callers send.',
  },
  no_room: {
    cause: 'The result did not fit into `limits.bufferedBytes`, or into the share of its API.',
    remedy: 'Raise the limit together with the memory of the process, add workers, or return less data.',
  },
  stream: {
    cause: 'A streamed result broke off, was damaged, or ended with an error of the service.',
    remedy: "See `reason`, and the function's log by `awsRequestId`.",
  },
  aborted: {
    cause: 'The caller left, or Envoy gave up, before the function had answered.',
    remedy:
      "Nothing, if callers leave. If many do, compare the function's duration with Envoy's timeouts and with those of callers.",
  },
} as const satisfies Record<string, FailureKindFacts>;

/** Of requests, beside those of their invocations. */
const requestKinds = {
  expression: {
    cause: 'An expression failed for this request.',
    remedy: 'See `place` and `reason`. Try the request with `lambda-ext-proc try`.',
  },
  invalid_value: {
    cause:
      'An expression or a format produced a value that cannot be used: an empty function, a header with a line break.',
    remedy: 'See `field` and `place`. Make the expression handle such requests.',
  },
  evaluation_limit: {
    cause:
      'The expressions of the request took longer than `limits.evaluationMs`, or one of them needed too many steps.',
    remedy: 'See `place`. Make the expression cheaper, or limit what callers may send.',
  },
  no_api: {
    cause: 'The route matches no API of the document, or more than one.',
    remedy:
      'See `route` and `reason`. Name the API in `grpc_initial_metadata`, or fix `authorities`, `select` or `routes`.',
  },
  invalid_policies: {
    cause: 'The inline policies or settings of the route are invalid or not allowed.',
    remedy: 'See `reason`. Check the Envoy configuration with `check --envoy`.',
  },
  not_allowed: {
    cause: 'An expression resulted in a function, region, endpoint or role that `allow` or `inline` does not contain.',
    remedy: 'See `field` and `reason`. Extend the list, or find out who sends such requests.',
  },
  forbidden: {
    cause: 'The authorizer denied the request.',
    remedy: 'Nothing, if the caller has no permission. `try` shows which statement decides.',
  },
  authorizer: {
    cause: 'The answer of the authorizer is not valid: the caller was refused.',
    remedy: "See `reason`. Make the function return API Gateway's policy or simple response.",
  },
  path: {
    cause: 'The path of the request does not match `format.resource`, or has two meanings.',
    remedy: 'Nothing, if callers send such paths. Otherwise compare the route with `format.resource`.',
  },
  body_unavailable: {
    cause: 'Envoy did not send a body or a response that a policy needs.',
    remedy: '`reason` names the setting: usually `allow_mode_override`, or `envoy` in the document.',
  },
  body_too_large: {
    cause: 'The body is larger than `limits.bodyBytes`.',
    remedy: 'Nothing, if callers send too much. Otherwise raise the limit and the buffers of Envoy.',
  },
  encoding: {
    cause: "The body's content coding is not supported, or the body does not match it.",
    remedy: 'Nothing, if callers send such bodies.',
  },
  unattributed: {
    cause: 'For a response it is not known whether a backend or Envoy made it.',
    remedy: 'Set `response_attributes: [response.code_details, upstream.address]` on the ext_proc filter.',
  },
  message_timeout: {
    cause: "The policies would have answered after Envoy's message timeout.",
    remedy: 'Raise `message_timeout`, and `envoy.messageTimeoutMs` with it, or lower the timeouts of the step.',
  },
  overloaded: {
    cause: 'A limit of the process, or the share of the API, is reached.',
    remedy: '`reason` says which limit. Add workers or replicas, or find out what became slow.',
  },
  shutting_down: {
    cause: 'The process ended while the answer was still being sent.',
    remedy: 'Set `--drain-timeout` to more seconds than answers take.',
  },
  internal: {
    cause: 'An unexpected error, or a violation of the protocol.',
    remedy: 'See `reason` and `err`. If neither names a setting, it is a bug: report it.',
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
