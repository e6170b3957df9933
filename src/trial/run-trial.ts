import { streamMetadata } from '../envoy-names.ts';
import { createStreams, readRequest, writeRequest } from '../ext-proc/index.ts';
import type { Invocation, LambdaInvoker } from '../lambda/index.ts';
import { type GivenAnswer, GivenInvoker } from '../lambda/index.ts';
import { createLogger } from '../observability/index.ts';
import type { PolicySet, StreamTraits } from '../policy/index.ts';
import type { EnvoySetup } from './envoy/envoy-setup.ts';
import { filterMetadataOf, type JsonMetadata } from './envoy/filter-metadata.ts';
import { InMemoryEnvoy, type MessageSink } from './envoy/in-memory-envoy.ts';
import { ReplyQueue } from './envoy/reply-queue.ts';
import type { HttpRequest, HttpResponse } from './http-message.ts';
import type { RecordedRun } from './recorded-run.ts';
import { Recorder } from './recorder.ts';
import { ANSWERED_BY_BACKEND, traitsOf } from './request-attributes.ts';
import { silentObserver } from './silent-observer.ts';
import { VirtualClock } from './virtual-clock.ts';

/** Who answers invocations: `given` answers, which take no time, or an invoker of the caller's choice. */
export type Answering =
  | { readonly given: (invocation: Invocation) => GivenAnswer }
  | { readonly invoker: LambdaInvoker };

export interface Trial {
  readonly set: PolicySet;
  /** `x-lambda-api`; undefined: the authority, the attributes or the route's name decide, or there is the API called `default`. */
  readonly api: string | undefined;
  readonly route: string | undefined;
  /** The gRPC call's `:authority`. */
  readonly authority: string | undefined;
  readonly request: HttpRequest;
  /** Beside those that Envoy has of every request, by Envoy's names (`request_attributes`). */
  readonly attributes: ReadonlyMap<string, string>;
  /** Dynamic metadata that Envoy forwards: namespace to JSON object. */
  readonly metadata: JsonMetadata;
  readonly functions: Answering;
  /** Answers what is forwarded. */
  readonly backend: (forwarded: HttpRequest) => HttpResponse;
  /** The configuration of the filter; absent fields are those of envoy/envoy.yaml and the document. */
  readonly envoy: Partial<EnvoySetup>;
  /** `#node.version`. */
  readonly version: string;
}

/**
 * One request through the real state machine and the real policies, with an Envoy in memory on the other end: no socket, no file, no
 * environment. Rejects if the policies give no answer at all.
 */
export async function runTrial(trial: Trial): Promise<RecordedRun> {
  const { set, functions, version } = trial;
  const clock = new VirtualClock();
  const recorder = new Recorder();
  const log: Record<string, unknown>[] = [];
  const write = (line: string): void => void log.push(JSON.parse(line) as Record<string, unknown>);
  const isGiven = 'given' in functions;
  const streams = createStreams({
    policies: { current: () => set },
    invoker: isGiven ? new GivenInvoker(functions.given, clock) : functions.invoker,
    metrics: silentObserver,
    logger: createLogger({ level: 'warn', destination: { write } }),
    node: { id: null, version, tenant: null, zone: null, shardingTags: [] },
    trace: recorder.trace,
    ...(isGiven ? { timing: clock, now: () => BEGIN + clock.now(), monotonic: () => clock.now() } : {}),
  });
  const metadata = new Map(trial.api === undefined ? [] : [[streamMetadata.api, trial.api]]);
  const traits = traitsOf(trial);
  const replies = new ReplyQueue(metadata, traits.authority, !isGiven);
  const stream = streams.open(replies);
  const sink: MessageSink = {
    receive: (message) => stream.receive(readRequest(writeRequest(message))),
    close: () => stream.close(),
  };
  const envoy = new InMemoryEnvoy(sink, replies, {
    setup: setupOf(trial, traits),
    attributes: { request: traits.attributes, response: ANSWERED_BY_BACKEND },
    metadata: filterMetadataOf(trial.metadata),
  });
  const { forwarded, response, rejection, streamed } = await envoy.run(trial.request, trial.backend);
  const { steps, attributes, error } = recorder;
  return {
    steps,
    forwarded,
    response,
    streamed: streamed && { pieces: streamed.pieces, cutBy: keyOf(streamed.cut) },
    attributes,
    error,
    rejection,
    replies: replies.replies,
    log,
    waitedMs: clock.now(),
  };
}

/** Of `lambda_ext_proc{KEY}`. */
function keyOf(details: string | undefined): string | undefined {
  return details === undefined ? undefined : (/\{(\w+)\}/.exec(details)?.[1] ?? details);
}

/** 2000-01-01T00:00:00Z: `{#request.timestamp}` is the same in every run. */
const BEGIN = 946_684_800_000;

/** The document's settings of Envoy count; otherwise Envoy's defaults. */
function setupOf({ set, api, envoy }: Trial, traits: StreamTraits): EnvoySetup {
  const choice = set.choose(traits);
  const chosen = choice.kind === 'chosen' ? choice.policies : undefined;
  const policies = api === undefined ? chosen : set.byName(api);
  const told = policies?.envoy ?? set.envoy;
  const streams = policies?.request.some(({ configuration }) => configuration.streaming !== undefined) === true;
  return {
    // As a route for streaming is configured.
    requestBody: streams ? 'FULL_DUPLEX_STREAMED' : 'NONE',
    responseHeaders: told.responseHeaders === true ? 'SEND' : 'SKIP',
    responseBody: 'NONE',
    allowModeOverride: told.allowModeOverride === true,
    streamedCookies: told.streamedCookies ?? 1,
    ...envoy,
  };
}
