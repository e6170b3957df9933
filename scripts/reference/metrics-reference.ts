import { metricCatalogue } from '../../src/observability/index.ts';

type Metric = keyof typeof metricCatalogue;

/** Texts of docs/reference/metrics.md about each metric, in addition to those of the catalogue. */
const meanings: Readonly<Record<Metric, string>> = {
  streams:
    'streams, that is HTTP requests, that ended. `immediate`: the server itself answered the caller; `aborted`: the caller left, also while the server waited for its body; `violation`: Envoy violated the protocol; `failed`: an error in the server ended the stream with a gRPC error',
  streamsInFlight: 'streams that are open now',
  messages: 'messages from Envoy. To save cost, avoid phases that no policy needs',
  sidecarTime:
    "the server's own time for one whole stream: all its messages and policies together, without Lambda and without waiting for Envoy. It is recorded once for each stream, when the stream has ended, so its count is the number of requests of an API. `api` is empty if a stream had none",
  passThroughs: 'streams that passed unchanged: no API and `unmatched: pass`; a response of Envoy itself',
  immediateResponses: 'answers of the server itself. `reason`: `SEND_TO_CONSUMER`, or the [error key](errors.md)',
  failures:
    'failures of requests that callers did not cause, by [kind](logs.md#kinds-of-failures); including those after which the request continued (`onError: continue`, `onConditionError: skip`). Each has a log line',
  bodiesUnavailable:
    'bodies and responses that policies need and that Envoy did not send, or is not known to send: check `allow_mode_override` and [`envoy`](configuration.md#envoy). Streams that end without their body count from the 20th in a row, because a few of them may be callers who left',
  droppedEvents:
    'observability mode: phases whose policies did not run, because the body that they read did not arrive completely',
  unattributedResponses:
    'responses answered with a 500 because it is [not known](errors.md#local-replies-of-envoy) whether a backend or Envoy made them: set `response_attributes`',
  violations: 'streams that violated the protocol, for example `request_headers_out_of_order`',
  limits:
    "work refused because of a limit; `body_wait`: a request's body was not complete within `limits.bodyWaitMs`; `api_…`: over one API's share (`limits.shares`)",
  refusedStreams:
    'gRPC streams that were ended before a service got a message from them. `http2`: HTTP/2 refused the headers, usually an [`:authority`](command-line.md#who-may-connect); `encoding`: compressed messages; `no_message`: none within 30 s',
  refusedConnections:
    'connections to the gRPC listeners. `tls`: the handshake failed; `client_name`: no name of the certificate matches `--tls-client-name`; `http2`: the client does not speak HTTP/2, or violated it; `limit`: closed to make room for another',
  bufferedBytes: 'bytes that requests hold in memory: [what is counted](configuration.md#what-is-counted)',
  responseStreams: 'answers that are being streamed to callers now: at most `limits.responseStreams` for each worker',
  responseStreamBytes: 'bytes of their bodies that were written to Envoy',
  responseStreamFirstByte:
    'from a request to the first byte of its streamed answer, or to its end if it has no body. Its count is the number of all streamed answers',
  responseStreamCuts:
    "streamed answers that were cut off before their end. `function`: the function failed, broke off or exceeded its time; `max_bytes`: over the step's `maxBytes`; `memory`: over `limits.bufferedBytes`; `shutdown`: the drain time was over; `caller`: the caller left",
  collectedAnswers:
    'answers that were configured to be streamed, but were collected and sent as a whole. `body_mode`: `request_body_mode` is neither NONE nor FULL_DUPLEX_STREAMED, or the body is buffered by an override; `envoy_version`: before 1.37; `hidden_method`: `forward_rules` hide `:method`',
  invocations:
    '`outcome`: `ok`; `function_error`: the function ran and failed, or its result is not a valid answer; `error`: there was no result; `aborted`: the caller left. `kind`: [why](logs.md#kinds-of-failures), otherwise empty. `key`: the [error key](errors.md), otherwise empty',
  invocationTime: 'from the call of the Lambda client to its result, including attempts and credentials',
  invocationsInFlight: 'invocations that have started and not ended. A streamed invocation ends with its stream',
  attempts:
    'requests to Lambda, whether or not they could be sent: one for each attempt of an invocation. The value is the number of invocations and their retries, without the invocations that were refused before',
  retries:
    'retried attempts. `kind` is the kind of the failure before. A high share of retries with few errors is a problem that retries still hide',
  refusedInvocations:
    'invocations that were not sent because of a limit of the sidecar itself: `maxConcurrency`, `circuitBreaker`, new role sessions per second',
  throttles:
    'invocations that Lambda [throttled](lambda-errors.md#throttling) including their last attempt, by the limit that was reached',
  circuits:
    'circuits that are not closed: `open` refuses calls, `half_open` waits for one trial call. Absent while all are closed. Each worker has its own circuits, and the value is their sum',
  circuitOpenings: 'how often circuits opened: a circuit may open and close between two scrapes',
  cacheLookups:
    "requests of steps with a [cache](configuration.md#cache). `hit`: the result was in the cache; `miss`: the function was called; `shared`: the request waited for another request's call; `uncacheable`: the request has no key, and the function was called",
  cacheEvictions:
    "results that were removed from the cache. `expired`: they expired; `entries`: over the step's `maxEntries`; `bytes`: others needed the space; `reload`: the policies changed",
  cacheEntries: 'results in the cache',
  cacheBytes: 'bytes of the results in the cache; they are a part of `lambda_ext_proc_buffered_bytes`',
  storeRequests:
    'reads from and writes to the [result store](configuration.md#result-store). `operation`: `get`, `put`. `result`: `hit`, `miss`, `rejected` (somebody else wrote it, or it has expired), `timeout` (no answer within 20 ms), `error`, `skipped` (no connection, no space, or an unknown identity), `stored`',
  storeConnected: 'workers that are connected to the result store; absent if the policies have none',
  credentialRefreshes:
    'how often the sidecar requested credentials from a source; `failed`: it returned none, or none within 10 s',
  credentialsAge: 'age of the AWS credentials in use; the oldest of all workers',
  credentialsExpiry: 'when they expire; the soonest of all workers',
  credentialsValid: '1 if there are valid AWS credentials, otherwise 0; the worst of all workers',
  credentialsPastExpiry:
    '1 while credentials are used [past their expiry](credentials.md#how-they-stay-fresh), otherwise 0; the worst of all workers',
  policiesValid: '1, or 0 while the file cannot be used and older policies are in force: alert on it',
  policiesLoadedAt: 'when the policies in force were loaded',
  policiesApis: 'APIs in force, without inline policies',
  reloads: 'loads of the file, including the first',
  workersReady: 'workers that are serving now; only with `--workers`, like the next two',
  workersWanted: 'workers that should be serving',
  workerRestarts: 'workers that ended unexpectedly and were restarted',
  unexpectedErrors: 'bugs: each is logged with its place, and the process continues',
  traceSpans:
    'spans of [traces](../guides/tracing.md) that left the process or were lost. `failed`: the receiver did not accept them; `dropped`: the queue was full',
  limitedTraces:
    'streams that were selected for a trace but not recorded, because the limit of 100 per second was reached',
  droppedLogLines: 'log lines that were dropped because standard output was not read',
  eventLoopLag: 'lag of the event loop since the last scrape; the worst of all workers',
  buildInfo: 'always 1; not summed',
  cpu: 'user and system time',
  startTime: 'start of the oldest process',
  residentMemory: 'resident memory',
  openFiles: 'open file descriptors',
  heapUsed: 'JavaScript heap in use',
  externalMemory: 'buffers outside the heap',
};

const sections: readonly (readonly [title: string, metrics: readonly Metric[]])[] = [
  [
    'Requests',
    [
      'streams',
      'streamsInFlight',
      'messages',
      'sidecarTime',
      'passThroughs',
      'immediateResponses',
      'failures',
      'bodiesUnavailable',
      'droppedEvents',
      'unattributedResponses',
      'violations',
      'limits',
      'refusedStreams',
      'refusedConnections',
      'bufferedBytes',
    ],
  ],
  [
    'Streamed answers',
    ['responseStreams', 'responseStreamBytes', 'responseStreamFirstByte', 'responseStreamCuts', 'collectedAnswers'],
  ],
  [
    'Invocations',
    [
      'invocations',
      'invocationTime',
      'invocationsInFlight',
      'attempts',
      'retries',
      'refusedInvocations',
      'throttles',
      'circuits',
      'circuitOpenings',
    ],
  ],
  [
    'Results that are kept',
    ['cacheLookups', 'cacheEvictions', 'cacheEntries', 'cacheBytes', 'storeRequests', 'storeConnected'],
  ],
  [
    'Credentials',
    ['credentialRefreshes', 'credentialsAge', 'credentialsExpiry', 'credentialsValid', 'credentialsPastExpiry'],
  ],
  [
    'Configuration and process',
    [
      'policiesValid',
      'policiesLoadedAt',
      'policiesApis',
      'reloads',
      'workersReady',
      'workersWanted',
      'workerRestarts',
      'unexpectedErrors',
      'traceSpans',
      'limitedTraces',
      'droppedLogLines',
      'eventLoopLag',
      'buildInfo',
      'cpu',
      'startTime',
      'residentMemory',
      'openFiles',
      'heapUsed',
      'externalMemory',
    ],
  ],
];

const HEAD = `# Metrics

The [admin port](command-line.md#the-admin-port) serves metrics at \`/metrics\` in Prometheus' text format. If the scraper accepts
\`application/openmetrics-text\`, as Prometheus does, it serves OpenMetrics with [exemplars](#exemplars). With \`--workers\` the values
of all workers are summed, unless the table says otherwise. Counters of a worker that has ended stay in the sum.

The number of label values is limited. Names of APIs, policies and functions may come from expressions: after 200 different values of a
label, or 2,000 series of one metric, further values are counted as \`other\`. Inline policies have their own limits (50 values, 500
combinations, \`inline:other\`).

Times are in seconds, sizes in bytes. A histogram has \`_bucket\`, \`_sum\` and \`_count\`.

\`node scripts/write-reference.ts\` generates this page from the catalogue of metrics.
`;

const EXEMPLARS = `
## Exemplars

In OpenMetrics each bucket of \`lambda_ext_proc_invocation_duration_seconds\` and \`lambda_ext_proc_sidecar_duration_seconds\`, and
each series of \`lambda_ext_proc_failures_total\` and of \`lambda_ext_proc_invocations_total\` that is not a success, has the trace of the
last request that it counted, as \`trace_id\`. Only recorded traces appear: those of requests whose \`traceparent\` says that they are
sampled. If several workers have an exemplar, the newest one is used. Prometheus stores exemplars with
\`--enable-feature=exemplar-storage\`.
`;

/** The content that the page must have. */
export function metricsPage(): string {
  const parts = sections.map(([title, metrics]) => {
    const rows = metrics.map((metric) => {
      const { name, type } = metricCatalogue[metric];
      return `| \`${name}\` | ${type} | ${labelsOf(metric)} | ${meanings[metric]} |`;
    });
    return `\n## ${title}\n\n| Metric | Type | Labels | Meaning |\n| --- | --- | --- | --- |\n${rows.join('\n')}\n`;
  });
  return HEAD + parts.join('') + EXEMPLARS;
}

/** A label with more values than this is listed without them, because another page describes them. */
const MOST_LISTED = 12;

function labelsOf(metric: Metric): string {
  const labels = Object.entries<readonly string[] | null>(metricCatalogue[metric].labels);
  return labels
    .map(([label, values]) => {
      if (values === null || values.length > MOST_LISTED) return `\`${label}\``;
      return `\`${label}\`: ${values.map((value) => `\`${value}\``).join(', ')}`;
    })
    .join('; ');
}
