import assert from 'node:assert/strict';
import {
  createExchange,
  type Effect,
  type Ending,
  type Event,
  type Exchange,
  type Failure,
  type Inputs,
  next,
  type RunEffect,
} from '../../../../src/ext-proc/exchange/index.ts';
import type { Message, Reply, Side } from '../../../../src/ext-proc/wire/index.ts';
import { Ledger, type LedgerSetup } from './ledger.ts';

/** Carries out what the machine says, without I/O, and holds it against what must be true of every sequence. */
export class Driver {
  readonly exchange: Exchange;
  readonly ledger: Ledger;
  readonly replies: Reply[] = [];
  /** Policies that run, and nobody has cut. */
  readonly running: RunEffect[] = [];
  /** Policies that have begun to run. */
  readonly ran: RunEffect[] = [];
  /** Observability mode: sides whose policies do not run. */
  readonly dropped: Side[] = [];
  /** Runs that were cut and have not ended yet. */
  readonly cut: RunEffect[] = [];
  readonly violations: string[] = [];
  failure: Failure | undefined;
  /** Answers of policies. */
  answers = 0;
  answered = false;
  closed: Ending | undefined;
  /** An answer that is sent while it arrives. */
  streaming: 'no' | 'runs' | 'ended' | 'cut' | 'left' = 'no';
  paused = false;
  passed: string | undefined;
  #released = false;
  readonly #observed: boolean;

  constructor(inputs: Inputs, bodyLimit: number, setup: LedgerSetup) {
    this.exchange = createExchange(inputs, bodyLimit);
    this.ledger = new Ledger(setup);
    this.#observed = setup.observed;
  }

  get over(): boolean {
    return this.closed !== undefined;
  }

  send(message: Message): void {
    if (this.exchange.life.kind === 'reading') this.ledger.sent(message);
    this.happen(message);
  }

  happen(event: Event): void {
    if (event.kind === 'streamed' && this.streaming === 'runs') this.streaming = 'ended';
    const effects = next(this.exchange, event) as Effect[];
    assert.equal(effects, this.exchange.effects, 'the effects are the one array');
    for (const effect of effects) this.#carryOut(effect);
    effects.length = 0;
  }

  /** Policies that run end: the machine is told, whether or not anybody still waits. */
  settle(run: RunEffect, outcome: Extract<Event, { kind: 'settled' }>['outcome']): void {
    const index = this.running.indexOf(run);
    if (index >= 0) this.running.splice(index, 1);
    const before = this.replies.length;
    this.happen({ kind: 'settled', side: run.side, outcome });
    if (index < 0) assert.equal(this.replies.length, before, 'a reply to policies that were cut');
  }

  /** Envoy is done, or the caller is gone. */
  close(): void {
    this.happen({ kind: 'closed' });
    this.ledger.over();
  }

  /** What must be true when everything has ended. */
  finish(): void {
    assert.ok(this.closed !== undefined, 'the stream has not ended');
    assert.ok(this.#released, 'what the stream held is not given back');
    assert.equal(this.running.length, 0, 'policies run for nobody');
    assert.equal(this.exchange.life.kind, 'ended');
    assert.notEqual(this.streaming, 'runs', 'an answer is sent to nobody');
    assert.equal(this.exchange.request.queuedBytes + this.exchange.response.queuedBytes, 0, 'messages wait for nobody');
  }

  #carryOut(effect: Effect): void {
    switch (effect.kind) {
      case 'run':
        assert.equal(this.running.length, 0, `${effect.side} policies run beside others`);
        if (this.#observed) assert.ok(!effect.timed, 'a deadline in observability mode');
        this.running.push(effect);
        this.ran.push(effect);
        break;
      case 'answer':
      case 'fail':
        assert.ok(!this.answered || this.#observed, 'answered twice');
        this.answered = true;
        if (effect.kind === 'fail') this.failure = effect.failure;
        else this.answers++;
        if (!this.#observed)
          this.#reply({ kind: 'answer', answer: { status: 500, headers: [], body: undefined, errorKey: undefined } });
        break;
      case 'stream':
        assert.ok(!this.answered && this.streaming === 'no', 'answered twice');
        this.answered = true;
        this.streaming = 'runs';
        assert.equal(this.ledger.refuseStream(), undefined);
        break;
      case 'cut':
        assert.equal(this.streaming, 'runs', 'what is not being sent is cut');
        this.streaming = 'cut';
        break;
      case 'stop':
        if (this.streaming === 'runs') this.streaming = 'left';
        this.cut.push(...this.running.splice(0));
        break;
      case 'violation':
        this.violations.push(effect.name);
        this.ledger.over();
        break;
      case 'break':
        this.ledger.over();
        break;
      case 'release':
        assert.ok(!this.#released, 'released twice');
        this.#released = true;
        break;
      case 'closed':
        assert.equal(this.closed, undefined, 'closed twice');
        this.closed = effect.why;
        break;
      case 'pause':
        this.paused = true;
        break;
      case 'resume':
        this.paused = false;
        break;
      case 'pass':
        this.passed = effect.reason;
        if (effect.reason === 'local_reply') this.ledger.closeRequest();
        break;
      case 'accepted':
      case 'await-body':
      case 'body-came':
      case 'body-lost':
        break;
      case 'dropped':
        this.dropped.push(effect.side);
        break;
      default:
        this.#reply(effect);
    }
  }

  #reply(reply: Reply): void {
    this.replies.push(reply);
    const why = this.ledger.refuse(reply);
    assert.equal(why, undefined, `no place for ${JSON.stringify(reply)}`);
  }
}
