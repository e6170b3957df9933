import assert from 'node:assert/strict';
import type { RunEffect } from '../../../../src/ext-proc/exchange/index.ts';
import type { BodyMode, Reply, Side } from '../../../../src/ext-proc/wire/index.ts';
import type { PolicyFailure } from '../../../../src/policy/index.ts';
import { bodyRefusal, isOverridden } from '../../../support/body-rules.ts';
import { Driver } from './driver.ts';
import { type EnvoyModes, EnvoySide } from './envoy.ts';
import { config, responseHeaders } from './messages.ts';
import { bodyLimit, type Dice, isAnswer, outcomeOf, randomScene, type Scene, SceneInputs } from './scene.ts';

const broken = { message: 'broken off' } as PolicyFailure;

/** Something that befalls an exchange in the middle. */
type Mishap = 'none' | 'close' | 'deadline' | 'local reply' | 'overdue';

/**
 * Plays one exchange with an Envoy that keeps the rules, in a random order of what may happen at the same time, and holds
 * the outcome against the rules. Returns the class that it belongs to.
 */
export function playEnvoy(dice: Dice): string {
  const scene = randomScene(dice);
  const mishap: Mishap = dice.chance(0.75) ? 'none' : dice.pick(['close', 'deadline', 'local reply', 'overdue']);
  try {
    return new EnvoyPlay(scene, mishap, dice).run();
  } catch (cause) {
    const facts = JSON.stringify({ mishap, scene }, textOfBytes);
    throw new Error(`${cause instanceof Error ? cause.message : cause} in ${facts}`, { cause });
  }
}

class EnvoyPlay {
  readonly #scene: Scene;
  readonly #mishap: Mishap;
  readonly #dice: Dice;
  readonly #inputs: SceneInputs;
  readonly #driver: Driver;
  readonly #request: EnvoySide;
  readonly #response: EnvoySide;
  #read = 0;
  #struck = false;
  /** Which body policies ran on. */
  readonly #bodies: Partial<Record<Side, string | undefined>> = {};

  constructor(scene: Scene, mishap: Mishap, dice: Dice) {
    this.#scene = scene;
    this.#mishap = mishap;
    this.#dice = dice;
    this.#inputs = new SceneInputs(scene);
    this.#driver = new Driver(this.#inputs, bodyLimit, scene);
    const modes: EnvoyModes = {
      body: { ...scene.modes },
      trailers: scene.trailerMode,
      allowOverride: scene.allowOverride && !scene.early,
      early: scene.early,
      observed: scene.observed,
    };
    const first = config(scene.modes.request, scene.modes.response, scene.observed, scene.early);
    this.#request = new EnvoySide('request', scene.request, modes, first);
    this.#response = new EnvoySide('response', scene.response, modes, undefined);
  }

  run(): string {
    const driver = this.#driver;
    const noted = new Set<RunEffect>();
    for (let idle = 0; idle < 3; ) {
      for (const run of driver.running) {
        if (noted.has(run)) continue;
        noted.add(run);
        this.#bodies[run.side] = run.body && Buffer.from(run.body).toString();
      }
      if (driver.answered && !this.#scene.observed) break;
      if (this.#step()) idle = 0;
      else idle++;
      this.#takeReplies();
      if (driver.over) break;
    }
    const observed = this.#scene.observed;
    if (driver.streaming === 'runs') this.#playStream();
    const outcome = this.#struck ? `mishap: ${this.#mishap}` : observed ? '' : this.#judge();
    if (!driver.over) driver.close();
    for (let run = driver.running[0]; run !== undefined; run = driver.running[0]) this.#settle(run);
    for (const run of driver.cut) driver.settle(run, { kind: 'continue' });
    driver.finish();
    if (observed) return this.#judgeObserved();
    this.#judgeEnding();
    return outcome;
  }

  /** Policies that would never end are taken to end with the stream. */
  #settle(run: RunEffect): void {
    const driver = this.#driver;
    driver.settle(run, outcomeOf(driver.exchange, run.side, this.#scene.policies[run.side]) ?? { kind: 'continue' });
  }

  /** One thing that can happen now. False: nothing did. */
  #step(): boolean {
    const driver = this.#driver;
    if (this.#mishap !== 'none' && !this.#struck && this.#dice.chance(0.2) && this.#strike()) return true;
    const [run] = driver.running;
    if (run !== undefined && this.#dice.chance(0.5)) {
      const outcome = outcomeOf(driver.exchange, run.side, this.#scene.policies[run.side]);
      if (outcome === undefined) return false;
      driver.settle(run, outcome);
      return true;
    }
    if (this.#dice.chance(0.05)) {
      driver.happen({ kind: 'drained' });
      return true;
    }
    const message = this.#scene.observed
      ? this.#dice.pick([this.#request, this.#response]).next()
      : (this.#request.done ? this.#response : this.#request).next();
    if (message === undefined)
      return run !== undefined && outcomeOf(driver.exchange, run.side, this.#scene.policies[run.side]) !== undefined;
    driver.send(message);
    return true;
  }

  /** What may happen while an answer is sent: the rest of the request comes, the answer ends or fails, or its caller leaves. */
  #playStream(): void {
    const driver = this.#driver;
    for (
      let message = this.#request.next();
      message !== undefined && this.#dice.chance(0.7);
      message = this.#request.next()
    ) {
      driver.send(message);
      if (this.#dice.chance(0.2)) driver.happen({ kind: 'drained' });
    }
    assert.equal(driver.streaming, 'runs', 'what still comes of a request ends its answer');
    const how = this.#dice.pick(['streamed', 'streamed', 'failed', 'closed'] as const);
    if (how === 'closed') driver.close();
    else driver.happen(how === 'failed' ? { kind: how, failure: broken } : { kind: how });
    const expected = { streamed: 'ended', failed: 'cut', closed: 'left' } as const;
    assert.equal(driver.streaming, expected[how]);
    assert.equal(driver.replies.length, this.#read, 'a reply beside the streamed answer');
  }

  #strike(): boolean {
    const driver = this.#driver;
    const { request } = driver.exchange;
    switch (this.#mishap) {
      case 'close':
        driver.close();
        break;
      case 'deadline':
        if (!driver.running.some(({ timed }) => timed)) return false;
        driver.happen({ kind: 'deadline-near', ms: 1000 });
        if (this.#dice.chance(0.3)) return true;
        driver.happen({ kind: 'deadline' });
        break;
      case 'local reply':
        if (request.stage !== 'running' && !request.stage.startsWith('awaiting')) return false;
        if (driver.exchange.response.progress !== 'start') return false;
        this.#struck = true;
        this.#answerEarly();
        driver.close();
        break;
      default:
        driver.happen({ kind: 'body-overdue', side: this.#dice.pick(['request', 'response']), waitedMs: 1 });
    }
    this.#struck = true;
    return true;
  }

  /** Envoy or a backend answers before the request's policies are done. */
  #answerEarly(): void {
    const driver = this.#driver;
    const { modes, early, policies, request, observed } = this.#scene;
    const told = this.#dice.pick(['backend', 'envoy', 'nobody'] as const);
    // What Envoy holds back no backend can have answered.
    const reads = policies.request.reads && (request.pieces.length > 0 || request.trailers);
    const isHeld = modes.request === 'FULL_DUPLEX_STREAMED' || (early && modes.request === 'STREAMED') || !reads;
    driver.send(responseHeaders(true, 413, told));
    if (observed) return;
    if (told === 'envoy' || (told === 'nobody' && isHeld)) assert.equal(driver.passed, 'local_reply');
    else assert.equal(driver.failure?.kind, told === 'backend' ? 'body-missing' : 'unattributed');
    assert.equal(driver.running.length, 0, 'policies run on for a request that has been answered');
  }

  #takeReplies(): void {
    const { replies } = this.#driver;
    for (; this.#read < replies.length; this.#read++) {
      const reply = replies[this.#read] as Reply;
      if (reply.kind === 'answer' || reply.kind === 'extension') continue;
      if (reply.kind === 'headers' && reply.modes !== undefined) {
        const asked = reply.side === 'request' ? reply.modes.requestBody : reply.modes.responseBody;
        const waits = this.#driver.exchange[reply.side].stage === 'awaiting-body';
        assert.equal(asked, waits ? 'BUFFERED' : 'NONE', 'a body is asked for that nobody reads');
      }
      (reply.side === 'request' ? this.#request : this.#response).take(reply);
    }
  }

  /** Observability mode: what came is for policies, whatever befell it, or it is told that it was not. */
  #judgeObserved(): string {
    const { policies, plan } = this.#scene;
    const { ran, dropped, failure, answers, exchange } = this.#driver;
    if (plan !== 'policies') {
      assert.equal(ran.length, 0);
      return `observed: ${plan}`;
    }
    const answered = isAnswer(policies.request) && answers > 0;
    for (const side of ['request', 'response'] as const) {
      const { steps, reads } = policies[side];
      const runs = ran.filter((run) => run.side === side).length;
      assert.ok(runs <= 1, `${side} policies ran twice`);
      if (!steps || exchange[side].progress === 'start') continue;
      const excused = dropped.includes(side) || failure !== undefined || (side === 'response' && answered);
      assert.ok(runs === 1 || excused, `${side} policies did not run, and nothing tells it`);
      if (!reads) assert.ok(!dropped.includes(side), `${side} policies were dropped for a body that they do not read`);
    }
    return `observed: ${this.#mishap}${dropped.length > 0 ? `, ${dropped.join(' and ')} dropped` : ''}`;
  }

  /** What the policies and the rules say of an exchange that nothing befell. */
  #judge(): string {
    const { plan, policies, modes } = this.#scene;
    const driver = this.#driver;
    if (mayBePassedBy(this.#scene)) {
      assert.equal(driver.failure?.kind, 'hidden');
      assert.deepEqual(this.#bodies, {}, 'policies ran before the refusal');
      return `refused: may be passed by (${plan})`;
    }
    if (this.#inputs.refusedRoom) {
      assert.equal(driver.failure?.kind, 'no-room');
      return 'no room';
    }
    if (plan === 'refused') {
      assert.equal(driver.failure?.kind, 'policy');
      return 'refused: no API';
    }
    const ran = plan === 'policies';
    if (ran) {
      const answered = this.#judgeSide('request');
      if (answered !== undefined) return answered;
    }
    this.#judgePassed('request', ran);
    if (ran && policies.response.steps) {
      const answered = this.#judgeSide('response');
      if (answered !== undefined) return answered;
    }
    this.#judgePassed('response', ran);
    assert.equal(driver.ledger.debts(), undefined);
    return `${plan}: request ${modes.request}, response ${modes.response}`;
  }

  /** Undefined: the side's policies let the exchange go on. */
  #judgeSide(side: Side): string | undefined {
    const driver = this.#driver;
    const { reads, refused, outcome, steps } = this.#scene.policies[side];
    const { pieces, trailers } = this.#scene[side];
    const bodiless = pieces.length === 0 && !trailers;
    if (this.#waitsForEver(side)) {
      assert.ok(driver.exchange[side].stage.startsWith('awaiting'));
      return `${side} waits for trailers that Envoy does not send`;
    }
    if (reads && !bodiless) {
      const refusal = refused ? 'refused' : bodyRefusal(this.#scene, side, bodyLimit);
      if (refusal === 'BODY_UNAVAILABLE') {
        // Where Envoy ignored the override, nothing comes that could be answered: the end of the stream tells.
        const never = driver.exchange[side].stage === 'awaiting-body';
        if (never) assert.ok(!isOverridden(this.#scene) || pieces.length === 0);
        // Trailers alone may be the caller's doing.
        else if (side === 'request' && driver.failure?.kind === 'body-refused') assert.ok(trailers);
        else assert.equal(driver.failure?.kind, 'body-missing');
        return `${side} refused: no body`;
      }
      if (refusal !== undefined) {
        assert.equal(driver.failure?.kind, refusal === 'refused' ? 'body-refused' : 'body-too-large');
        return `${side} refused: ${refusal}`;
      }
      if (this.#hasNoPlace(side)) return this.#judgeNoPlace(side);
      const whole = Buffer.concat(pieces).toString();
      assert.equal(this.#bodies[side], whole, 'policies ran on another body');
    } else if (!bodiless && this.#hasNoPlace(side)) {
      return this.#judgeNoPlace(side);
    } else if (steps) {
      assert.equal(this.#bodies[side], bodiless ? '' : undefined, 'policies ran on a body that they do not read');
    }
    if (!steps) return undefined;
    if (outcome === 'nothing') {
      assert.ok(!driver.answered && driver.running.length === 1);
      return `${side} policies never end`;
    }
    if (outcome !== 'answer' && outcome !== 'stream') return undefined;
    assert.ok(driver.answered && driver.failure === undefined, 'the policies answered and the caller got nothing');
    const streams = outcome === 'stream' && side === 'request' && this.#canStream(reads && !bodiless);
    assert.equal(driver.streaming !== 'no', streams, 'streamed where that is impossible, or collected where it is not');
    return streams ? `streamed: ${driver.streaming}` : `answered in the ${side} phase`;
  }

  /** The table of docs/notes/envoy.md. */
  #canStream(readsBody: boolean): boolean {
    const mode = this.#scene.modes.request;
    return mode === 'FULL_DUPLEX_STREAMED' || (mode === 'NONE' && !readsBody);
  }

  #judgeNoPlace(side: Side): string {
    const { failure, ran } = this.#driver;
    assert.equal(failure?.kind, 'body-refused');
    assert.ok(!ran.some((run) => run.side === side), 'a function ran whose new body has no place');
    return `${side} refused: no place for a new body`;
  }

  /** Where pieces do not wait for the headers' reply a new body takes their place, and there is none where no body came. */
  #hasNoPlace(side: Side): boolean {
    const { modes, early, policies, trailerMode } = this.#scene;
    const { pieces, trailers } = this.#scene[side];
    const needsPiece =
      modes[side] === 'FULL_DUPLEX_STREAMED' || (early && modes[side] === 'STREAMED' && trailerMode === 'SEND');
    return needsPiece && pieces.length === 0 && trailers && policies[side].replaces;
  }

  /** Envoy's message timeout ends this wait: the headers have no reply. */
  #waitsForEver(side: Side): boolean {
    const { modes, early, policies, trailerMode } = this.#scene;
    const { pieces, trailers } = this.#scene[side];
    const { reads, replaces, refused } = policies[side];
    if (!early || modes[side] !== 'STREAMED' || !trailers || trailerMode === 'SEND') return false;
    const size = pieces.reduce((sum, piece) => sum + piece.length, 0);
    if (reads) return !refused && size <= bodyLimit;
    return replaces && pieces.length === 0;
  }

  #judgePassed(side: Side, ran: boolean): void {
    const end = side === 'request' ? this.#request : this.#response;
    const { steps, mutation } = this.#scene.policies[side];
    const body = ran && steps ? mutation.body : undefined;
    assert.ok(end.done, `the ${side} was not let through`);
    assert.equal(end.body, (body ?? Buffer.concat(this.#scene[side].pieces)).toString(), `another ${side} body`);
    if (!ran || !steps) return;
    assert.ok(
      end.mutations.length === 1 && end.mutations[0] === mutation,
      `the ${side} mutation did not go along once`,
    );
  }

  #judgeEnding(): void {
    const { closed, answered } = this.#driver;
    if (this.#scene.observed) return;
    if (this.#driver.streaming === 'left') assert.equal(closed, 'aborted');
    else if (answered) assert.equal(closed, 'immediate');
    else assert.ok(closed === 'completed' || closed === 'aborted', `ended as ${closed}`);
  }
}

/** By the rules alone: something that policies must see may be kept back, as far as anybody told. */
function mayBePassedBy({ plan, modes, told, policies, request, early }: Scene): boolean {
  const isDuplex = modes.request === 'FULL_DUPLEX_STREAMED' || modes.response === 'FULL_DUPLEX_STREAMED';
  if (told.allowModeOverride === true && !isDuplex && !early) return false;
  // Without a body, or with headers that go on before it.
  const isLate = (mode: BodyMode) => mode === 'NONE' || (mode === 'STREAMED' && !early);
  if (plan !== 'policies') return false;
  const hasBody = request.pieces.length > 0 || request.trailers;
  if (policies.request.reads && hasBody && isLate(modes.request)) return true;
  if (!policies.response.steps || (policies.request.steps && isAnswer(policies.request))) return false;
  return !told.responseHeaders || (policies.response.reads && isLate(modes.response));
}

function textOfBytes(_name: string, value: unknown): unknown {
  const buffer = value as { type?: unknown; data?: readonly number[] } | null;
  return buffer?.type === 'Buffer' ? Buffer.from(buffer.data ?? []).toString() : value;
}
