import type { LabelValue } from '../observability/index.ts';
import { type PolicyFailure, reportFailure } from '../policy/index.ts';
import type { Event } from './exchange/index.ts';
import type { HeldBytes } from './held-bytes.ts';
import type { PolicyRuns } from './policy-runs.ts';
import type { Replies } from './replies.ts';
import type { StreamContext } from './stream-context.ts';
import type { StreamPolicies } from './stream-policies.ts';
import { AnswerSender, type OutgoingStream, type StreamHead } from './streaming/index.ts';

export type CutReason = LabelValue<'responseStreamCuts', 'reason'>;

/** One streamed answer on its way to its caller, with its metrics, and a log line if it is cut. */
export class StreamedReply {
  readonly #context: StreamContext;
  readonly #policies: StreamPolicies;
  readonly #replies: Replies;
  readonly #runs: PolicyRuns;
  readonly #sender: AnswerSender;
  readonly #status: number;
  readonly #openedAt: number;
  readonly #begunAt: number;
  readonly #open = { cut: (failure: PolicyFailure) => this.#emit({ kind: 'failed', failure }) };
  readonly #emit: (event: Event) => void;
  #firstByteMs: number | undefined;
  #over = false;

  /** `openedAt`: when the request came. */
  constructor(
    stream: OutgoingStream,
    openedAt: number,
    context: StreamContext,
    parts: { policies: StreamPolicies; replies: Replies; runs: PolicyRuns; held: HeldBytes },
    emit: (event: Event) => void,
  ) {
    this.#context = context;
    this.#policies = parts.policies;
    this.#replies = parts.replies;
    this.#runs = parts.runs;
    this.#status = stream.head.status;
    this.#openedAt = openedAt;
    this.#begunAt = context.monotonic();
    this.#emit = emit;
    const { timing, monotonic } = context;
    this.#sender = new AnswerSender(stream, {
      memory: parts.held,
      timing,
      monotonic,
      writeHead: (head, end) => this.#writeHead(head, end),
      writePiece: (bytes, end, onSent) => this.#writePiece(bytes, end, onSent),
      ended: (failure) => {
        if (failure === undefined) this.#end(undefined, undefined);
        emit(failure === undefined ? { kind: 'streamed' } : { kind: 'failed', failure });
      },
    });
  }

  start(): void {
    this.#context.observer.responseStreamOpened();
    this.#context.openAnswers.add(this.#open);
    this.#sender.start();
  }

  drained(): void {
    this.#sender.drained();
  }

  /** Shows the caller that the answer is incomplete. */
  cut(failure: PolicyFailure): void {
    if (this.#over) return;
    this.#sender.stop();
    this.#end(cutReasons[failure.key] ?? 'function', failure);
    this.#replies.cut(failure);
  }

  /** Stops it if it has not ended: its caller has left. */
  stop(reason: 'caller' | 'internal'): void {
    if (this.#over) return;
    this.#sender.stop();
    this.#end(reason, undefined);
  }

  #writeHead(head: StreamHead, end: boolean): void {
    const told = this.#policies.envoy.streamedCookies ?? 1;
    const count = head.cookies.length === 0 ? 0 : head.cookies.length + 1;
    if (count > told) this.#reportCookies(count, told);
    this.#replies.writeStreamHead(head, end);
    if (end) this.#noteFirstByte();
  }

  #writePiece(bytes: Uint8Array, end: boolean, onSent: () => void): boolean {
    this.#runs.busy();
    this.#noteFirstByte();
    this.#context.observer.responseStreamBytes(bytes.length);
    const isRoom = this.#replies.writeStreamPiece(bytes, end, onSent);
    this.#runs.idle();
    return isRoom;
  }

  #noteFirstByte(): void {
    if (this.#firstByteMs !== undefined) return;
    this.#firstByteMs = this.#context.monotonic() - this.#openedAt;
    this.#context.observer.responseStreamBegan(this.#firstByteMs / 1000);
  }

  #reportCookies(count: number, told: number): void {
    const { api } = this.#facts;
    this.#context.logger.error(
      { api, count, told },
      `a streamed answer has ${count} cookies, but the configuration does not say that more than ${told} can reach the caller: Envoy keeps one, and the ` +
        'others need a header_mutation filter that adds the metadata cookie2, cookie3 …; declare it with `envoy: {streamedCookies: …}`',
    );
  }

  #end(reason: CutReason | undefined, failure: PolicyFailure | undefined): void {
    this.#over = true;
    const { openAnswers, observer, logger } = this.#context;
    openAnswers.delete(this.#open);
    observer.responseStreamClosed(reason);
    const { transaction } = this.#policies;
    const facts = { ...this.#facts, cut: reason };
    if (failure !== undefined && transaction !== undefined) {
      reportFailure(transaction, failure, 'streamed answer was cut', facts);
    } else {
      // The log line of its invocation says the same.
      logger.debug(facts, reason === undefined ? 'streamed answer' : 'streamed answer was cut');
    }
  }

  get #facts() {
    const { bytes, pieces } = this.#sender.progress;
    return {
      api: this.#policies.transaction?.policies.name ?? '',
      status: this.#status,
      bytes,
      pieces,
      firstByteMs: this.#firstByteMs === undefined ? undefined : Math.round(this.#firstByteMs),
      durationMs: Math.round(this.#context.monotonic() - this.#begunAt),
    };
  }
}

/** Any other reason is caused by the function. */
const cutReasons: Readonly<Partial<Record<PolicyFailure['key'], CutReason>>> = {
  LAMBDA_EXT_PROC_BODY_TOO_LARGE: 'max_bytes',
  LAMBDA_EXT_PROC_OVERLOADED: 'memory',
  LAMBDA_EXT_PROC_SHUTTING_DOWN: 'shutdown',
  LAMBDA_EXT_PROC_INTERNAL: 'internal',
};
