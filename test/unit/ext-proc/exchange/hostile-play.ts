import assert from 'node:assert/strict';
import type { Event } from '../../../../src/ext-proc/exchange/index.ts';
import type { BodyMode, Message, Part, Side } from '../../../../src/ext-proc/wire/index.ts';
import type { PolicyFailure } from '../../../../src/policy/index.ts';
import { Driver } from './driver.ts';
import { body, config, type First, requestHeaders, responseHeaders, trailers } from './messages.ts';
import { bodyLimit, type Dice, outcomeOf, randomScene, type Scene, SceneInputs } from './scene.ts';

const modes: readonly BodyMode[] = ['NONE', 'BUFFERED', 'STREAMED', 'BUFFERED_PARTIAL', 'FULL_DUPLEX_STREAMED', 'GRPC'];
const untold = { request: 'NONE', response: 'NONE' } as const;
const pieces = [0, 3, 20, 41, 600_000].map((length) => Buffer.alloc(length, 'x'));
const failure = { message: 'unexpected' } as PolicyFailure;
const order = { reading: 0, streaming: 1, answering: 2, ended: 3 };

/** Messages as no Envoy sends them: out of order, doubled, after the end, in any mode. Returns the sequence's class. */
export function playHostile(dice: Dice): string {
  const random = { ...randomScene(dice), modes: { request: dice.pick(modes), response: dice.pick(modes) } };
  // A first message that tells nothing.
  const scene: Scene = dice.chance(0.05) ? { ...random, modes: untold, observed: false, early: false } : random;
  const trace: string[] = [];
  try {
    return play(scene, dice, trace);
  } catch (cause) {
    const facts = JSON.stringify({ trace, ...scene });
    throw new Error(`${cause instanceof Error ? cause.message : cause} in ${facts}`, { cause });
  }
}

function play(scene: Scene, dice: Dice, trace: string[]): string {
  const driver = new Driver(new SceneInputs(scene), bodyLimit, scene);
  const rules = new Rules();
  const first = config(scene.modes.request, scene.modes.response, scene.observed, scene.early);
  const length = 1 + dice.below(14);
  let last: Message | undefined;
  for (let i = 0; i < length; i++) {
    const lifeBefore = order[driver.exchange.life.kind];
    if (dice.chance(0.7)) {
      const told = last === undefined ? scene.modes !== untold : dice.chance(0.02);
      const message =
        last !== undefined && dice.chance(0.1) ? last : randomMessage(dice, i === 0, told ? first : undefined);
      trace.push(`${message.phase}${message.end ? '!' : ''}${message.config && i > 0 ? ' with protocol_config' : ''}`);
      tell(driver, rules, message);
      last = message;
    } else {
      somethingElse(driver, scene, dice, trace);
    }
    assert.ok(order[driver.exchange.life.kind] >= lifeBefore, 'a life goes back');
    const { request, response, life } = driver.exchange;
    const waiting = request.queuedBytes + response.queuedBytes;
    if (life.kind === 'reading') assert.ok(waiting <= 1024 * 1024 || driver.paused, 'a full queue is read on');
  }
  return end(driver, dice, scene);
}

function end(driver: Driver, dice: Dice, scene: Scene): string {
  const { violations } = driver;
  const settled = driver.running.length === 0 && !waits(driver);
  if (driver.exchange.life.kind === 'reading' && settled) {
    assert.equal(scene.observed ? undefined : driver.ledger.debts(), undefined);
  }
  driver.close();
  if (dice.chance(0.3)) driver.close();
  for (let run = driver.running[0]; run !== undefined; run = driver.running[0])
    driver.settle(run, { kind: 'continue' });
  for (const run of driver.cut) driver.settle(run, { kind: 'continue' });
  driver.happen(requestHeaders(true));
  driver.finish();
  if (violations.length > 0) {
    assert.equal(driver.closed, 'violation');
    return `violation: ${violations[0]}`;
  }
  return String(driver.closed);
}

function waits({ exchange }: Driver): boolean {
  return [exchange.request, exchange.response].some(({ stage }) => stage.startsWith('awaiting'));
}

/** Sends a message, and holds what becomes of it against the rules for the order of messages. */
function tell(driver: Driver, rules: Rules, message: Message): void {
  const reading = driver.exchange.life.kind === 'reading';
  const before = driver.violations.length;
  const violates = reading && rules.violates(message);
  if (violates) driver.happen(message);
  else driver.send(message);
  assert.equal(
    driver.violations.length - before,
    violates ? 1 : 0,
    violates ? 'a violation passed' : 'a message refused',
  );
  if (violates) assert.deepEqual(driver.exchange.life, { kind: 'ended', why: 'violation' });
}

function randomMessage(dice: Dice, early: boolean, first: First | undefined): Message {
  const side: Side = dice.chance(early ? 0.9 : 0.5) ? 'request' : 'response';
  const part: Part = dice.chance(early ? 0.9 : 0.2) ? 'headers' : dice.chance(0.8) ? 'body' : 'trailers';
  const ends = dice.chance(0.25);
  if (part === 'body') return body(side, dice.pick(pieces), ends, first);
  if (part === 'trailers') return trailers(side, first);
  if (side === 'request') return requestHeaders(ends, first);
  return responseHeaders(
    ends,
    dice.pick([200, 200, 200, 204, 404, 101, 0]),
    dice.pick(['backend', 'backend', 'envoy', 'nobody'] as const),
    first,
  );
}

function somethingElse(driver: Driver, scene: Scene, dice: Dice, trace: string[]): void {
  const side: Side = dice.pick(['request', 'response']);
  const kind = dice.pick([
    'settle',
    'settle',
    'settle',
    'settle',
    'rare',
    'overdue',
    'deadline-near',
    'deadline',
    'drained',
    'streamed',
    'streamed',
  ]);
  trace.push(kind);
  if (kind === 'settle') {
    const run = driver.running[0] ?? driver.cut[0];
    const outcome = run && outcomeOf(driver.exchange, run.side, scene.policies[run.side]);
    if (outcome !== undefined) driver.settle(run as NonNullable<typeof run>, outcome);
    return;
  }
  if (kind === 'overdue') driver.happen({ kind: 'body-overdue', side, waitedMs: 1 });
  else if (kind === 'deadline-near') driver.happen({ kind, ms: 1 });
  else if (kind === 'streamed') {
    // Sending tells so once, and only where something is sent.
    if (driver.streaming === 'runs') driver.happen({ kind });
  } else if (kind === 'deadline' || kind === 'drained') driver.happen({ kind });
  else rare(driver, dice);
}

function rare(driver: Driver, dice: Dice): void {
  const life = driver.exchange.life.kind;
  const event: Event = dice.pick<Event>([
    { kind: 'closed' },
    { kind: 'empty-message' },
    { kind: 'broken' },
    { kind: 'failed', failure },
  ]);
  // Once an answer has been written, only another kind of end may follow.
  if (event.kind === 'failed' && life !== 'reading' && life !== 'streaming') return;
  const before = driver.violations.length;
  driver.happen(event);
  if (event.kind === 'closed') driver.ledger.over();
  if (event.kind === 'empty-message') assert.equal(driver.violations.length - before, life === 'reading' ? 1 : 0);
}

/** The rules for the order of messages, written once more: one letter each, `!` where a message ends its direction. */
class Rules {
  readonly #letters = { request: '', response: '' };
  #begun = false;

  violates(message: Message): boolean {
    if (this.#begun && message.config !== undefined) return true;
    this.#begun = true;
    const letters = `${this.#letters[message.side]}${message.part.charAt(0).toUpperCase()}${message.end ? '!' : ''}`;
    this.#letters[message.side] = letters;
    return !/^H?B*(H!|B!|T!)?$/.test(letters) || /B.*H/.test(letters) || /^H.*H/.test(letters);
  }
}
