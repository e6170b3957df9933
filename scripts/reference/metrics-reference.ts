import { metricCatalogue } from '../../src/observability/index.ts';

type Metric = keyof typeof metricCatalogue;

/** What docs/reference/metrics.md says of each metric, beside what the catalogue tells. */
const meanings: Readonly<Record<Metric, string>> = {
  streams:
    "streams, that is HTTP requests, that ended. `immediate`: the caller got an answer of the server's own; `aborted`: the caller left, also while its body was waited for; `violation`: Envoy broke the protocol; `failed`: an error of the server itself, which ended the stream with a gRPC error",
  streamsInFlight: 'streams that are open now',
  messages: 'messages from Envoy; each phase that no policy needs is a cost that can be saved',
  sidecarTime:
    "the server's own time for one whole stream: all its messages and policies together, without Lambda and without waiting for Envoy. Counted once for each stream, when it has ended: its count is the number of requests of an API. `api` is empty where a stream had none",
  passThroughs: 'streams that went on untouched: no API and `unmatched: pass`; an answer of Envoy itself',
  immediateResponses: 'answers given by the server. `reason`: `SEND_TO_CONSUMER`, or the [error key](errors.md)',
  failures:
    'failures of requests that callers did not cause, by [kind](logs.md#kinds-of-failures); also those after which the request went on (`onError: continue`, `onConditionError: skip`). Each has a log line',
  bodiesUnavailable:
    'bodies and responses that policies need and Envoy did not send, or that nothing says it sends: check `allow_mode_override` and [`envoy`](configuration.md#envoy). A stream that ends without its body counts from the 20th in a row: before that it may have been the caller who left',
  droppedEvents:
    'observability mode: phases whose policies did not run, since the body that they read did not come to its end',
  unattributedResponses:
    'responses answered with a 500 because [nothing told](errors.md#local-replies-of-envoy) whether a backend or Envoy made them: set `response_attributes`',
  violations: 'streams that broke the protocol, as `request_headers_out_of_order`',
  limits:
    "work refused because of a limit; `body_wait`: a request's body was not whole within `limits.bodyWaitMs`; `api_…`: over one API's share (`limits.shares`)",
  refusedStreams:
    'gRPC streams that were ended before a service had a message of them. `http2`: HTTP/2 refused the headers, mostly an [`:authority`](command-line.md#who-may-connect); `encoding`: compressed messages; `no_message`: none within 30 s',
  refusedConnections:
    'connections to the gRPC listeners. `tls`: the handshake failed; `client_name`: no name of the certificate fits `--tls-client-name`; `http2`: the client does not speak HTTP/2, or broke it; `limit`: closed to make room for another',
  bufferedBytes: 'bytes that requests hold in memory: [what is counted](configuration.md#what-is-counted)',
  responseStreams:
    'answers that are sent to callers while they arrive, now: at most `limits.responseStreams` for each worker',
  responseStreamBytes: 'bytes of their bodies that were written to Envoy',
  responseStreamFirstByte:
    'from a request to the first byte of its streamed answer, or to its end where it has no body. Its count is that of all streamed answers',
  responseStreamCuts:
    "streamed answers that did not come to their end. `function`: it failed, broke off or was over its time; `max_bytes`: over the step's `maxBytes`; `memory`: over `limits.bufferedBytes`; `shutdown`: the drain time was over; `caller`: the caller left",
  collectedAnswers:
    'answers that should be streamed and were collected and sent at once. `body_mode`: `request_body_mode` is neither NONE nor FULL_DUPLEX_STREAMED, or the body is buffered by an override; `envoy_version`: before 1.37; `hidden_method`: `forward_rules` hide `:method`',
  invocations:
    '`outcome`: `ok`; `function_error`: it ran and failed, or its result is no answer; `error`: no result came; `aborted`: the caller left. `kind`: [why](logs.md#kinds-of-failures), else empty. `key`: the [error key](errors.md), else empty',
  invocationTime: 'from handing it to the Lambda client to its result, attempts and credentials included',
  invocationsInFlight: 'invocations that are under way: called, and not ended; a streamed one until its stream is over',
  attempts:
    'requests that were sent to Lambda, or tried to be: one for each attempt of an invocation. Less the invocations that were refused before, it is the invocations and their retries',
  retries:
    'attempts that were repeated; `kind`: of the failure before. A high share beside few errors is trouble that retries still hide',
  refusedInvocations:
    "invocations that were not sent because of a limit of the sidecar's own: `maxConcurrency`, `circuitBreaker`, new sessions of roles a second",
  throttles:
    'invocations that Lambda [throttled](lambda-errors.md#throttling) to their last attempt, by whose limit is reached',
  circuits:
    'circuits that are not closed: `open` refuses calls, `half_open` waits for a call that may try. Absent while all are closed. Each worker has circuits of its own, and the number is their sum',
  circuitOpenings: 'how often circuits opened: a circuit may open and close between two scrapes',
  cacheLookups:
    "requests of steps with a [cache](configuration.md#cache). `hit`: the result was kept; `miss`: the function was called; `shared`: another request's call was waited for; `uncacheable`: the request has no key, and the function was called",
  cacheEvictions:
    "results that are no longer kept. `expired`: their time was over; `entries`: over the step's `maxEntries`; `bytes`: others needed the room; `reload`: the policies changed",
  cacheEntries: 'results that are kept',
  cacheBytes: 'bytes that they take, a part of `lambda_ext_proc_buffered_bytes`',
  storeRequests:
    'questions to the [result store](configuration.md#result-store), and results for it. `operation`: `get`, `put`. `result`: `hit`, `miss`, `rejected` (somebody else wrote it, or it has expired), `timeout` (no answer within 20 ms), `error`, `skipped` (no connection, no room, or an identity that is not known), `stored`',
  storeConnected: 'workers that are connected to the result store; absent where the policies have none',
  credentialRefreshes: 'how often a source was asked for credentials; `failed`: it gave none, or none within 10 s',
  credentialsAge: 'age of the AWS credentials in use; the oldest of all workers',
  credentialsExpiry: 'when they expire; the soonest of all workers',
  credentialsValid: '1 where there are valid AWS credentials, else 0; the worst of all workers',
  credentialsPastExpiry:
    '1 while credentials are used [past their expiry](credentials.md#how-they-stay-fresh), else 0; the worst of all workers',
  policiesValid: '1, or 0 while the file cannot be used and older policies are in force: alert on it',
  policiesLoadedAt: 'when the policies in force were loaded',
  policiesApis: 'APIs in force, inline ones not counted',
  reloads: 'loads of the file, the first included',
  workersReady: 'workers that serve now; only with `--workers`, as the next two',
  workersWanted: 'workers that should',
  workerRestarts: 'workers that ended unasked and were started again',
  unexpectedErrors: 'bugs: each is logged with its place, and the process goes on',
  traceSpans:
    'spans of [traces](../guides/tracing.md) that left the process or were lost. `failed`: the receiver did not take them; `dropped`: the queue was full',
  limitedTraces: 'streams that were to be recorded as a trace and were not, since 100 a second were',
  droppedLogLines: 'log lines thrown away because standard output was not read',
  eventLoopLag: 'how late the event loop was since the last scrape; the worst of all workers',
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

Prometheus' text format at \`/metrics\` of the [admin port](command-line.md#the-admin-port); OpenMetrics, with
[exemplars](#exemplars), where the scraper accepts \`application/openmetrics-text\`, as Prometheus does. With \`--workers\` the values of
all workers are summed, unless the table says otherwise, and counters of a worker that ended stay in the sum.

Label values are bounded. Names of APIs, policies and functions may come from expressions: after 200 different values of a
label, or 2,000 series of one metric, further ones count under \`other\`. Inline policies have bounds of their own (50 values, 500
combinations, \`inline:other\`).

Times are in seconds, sizes in bytes. A histogram has \`_bucket\`, \`_sum\` and \`_count\`.

This page is made from the catalogue of metrics by \`node scripts/write-reference.ts\`.
`;

const EXEMPLARS = `
## Exemplars

In OpenMetrics each bucket of \`lambda_ext_proc_invocation_duration_seconds\` and \`lambda_ext_proc_sidecar_duration_seconds\`, and
each series of \`lambda_ext_proc_invocations_total\` that is no success and of \`lambda_ext_proc_failures_total\`, has the trace of the last
request that counted in it, as \`trace_id\`. Only traces that are recorded are told: the request's \`traceparent\` says that it is
sampled. Of several workers' exemplars the newest is told. Prometheus keeps them with
\`--enable-feature=exemplar-storage\`.
`;

/** The page as it must be. */
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

/** More are told by their own page. */
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
