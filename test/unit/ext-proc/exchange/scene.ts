import {
  type BodyPlan,
  type Exchange,
  type Inputs,
  type RequestPlan,
  type SettledOutcome,
  streamingObstacle,
  type ToldModes,
} from '../../../../src/ext-proc/exchange/index.ts';
import type { BodyMode, Mutation, Side } from '../../../../src/ext-proc/wire/index.ts';
import type { PolicyFailure } from '../../../../src/policy/index.ts';
import type { BodyShape } from '../../../support/body-rules.ts';

/** Bytes of a body that policies may wait for. */
export const bodyLimit = 40;

/** What one side's policies do. */
export interface SidePolicies {
  readonly steps: boolean;
  readonly reads: boolean;
  readonly refused: boolean;
  /** They may set a body. Where they set one, they may. */
  readonly replaces: boolean;
  /** `nothing`: they never end. */
  readonly outcome: 'continue' | 'answer' | 'stream' | 'nothing';
  readonly mutation: Mutation;
}

export interface Scene {
  readonly modes: Readonly<Record<Side, BodyMode>>;
  readonly trailerMode: 'SEND' | 'SKIP';
  readonly allowOverride: boolean;
  /** What the policies' author says of the Envoy, true or not. */
  readonly told: ToldModes;
  readonly observed: boolean;
  /** `send_body_without_waiting_for_header_response`. */
  readonly early: boolean;
  readonly plan: RequestPlan['kind'];
  readonly policies: Readonly<Record<Side, SidePolicies>>;
  readonly request: BodyShape;
  readonly response: BodyShape;
  /** Room for bodies runs out after so many bytes. */
  readonly room: number;
}

const modes: readonly BodyMode[] = ['NONE', 'BUFFERED', 'STREAMED', 'BUFFERED_PARTIAL', 'FULL_DUPLEX_STREAMED'];
const letters = 'abcdefghijklmnopqrstuvwxyz'.repeat(4);
const failure = { message: 'refused' } as PolicyFailure;

export class Dice {
  readonly next: () => number;

  constructor(next: () => number) {
    this.next = next;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  below(count: number): number {
    return Math.floor(this.next() * count);
  }

  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)] as T;
  }
}

export function randomScene(dice: Dice): Scene {
  const plan = dice.chance(0.75) ? 'policies' : dice.pick(['unmatched', 'refused'] as const);
  return {
    modes: { request: dice.pick(modes), response: dice.pick(modes) },
    trailerMode: dice.pick(['SEND', 'SKIP']),
    allowOverride: dice.chance(0.7),
    told: { allowModeOverride: dice.pick([true, true, true, undefined, false]), responseHeaders: dice.chance(0.8) },
    observed: dice.chance(0.08),
    early: dice.chance(0.15),
    plan,
    policies: { request: sidePolicies(dice), response: sidePolicies(dice) },
    request: shape(dice),
    response: shape(dice),
    room: dice.chance(0.05) ? dice.below(60) : 1_000_000,
  };
}

function sidePolicies(dice: Dice): SidePolicies {
  const steps = dice.chance(0.75);
  const body = dice.chance(0.5) ? Buffer.from(dice.pick(['', '[new]', '[another body]'])) : undefined;
  return {
    steps,
    reads: steps && dice.chance(0.5),
    refused: dice.chance(0.04),
    replaces: steps && ((body?.length ?? 0) > 0 || dice.chance(0.2)),
    outcome: dice.chance(0.05) ? 'nothing' : dice.chance(0.3) ? dice.pick(['answer', 'stream'] as const) : 'continue',
    mutation: {
      path: undefined,
      status: undefined,
      headers: [],
      body,
      clearRouteCache: false,
    },
  };
}

function shape(dice: Dice): BodyShape {
  const pieces: Buffer[] = [];
  const count = dice.pick([0, 0, 1, 1, 2, 3, 4]);
  const large = dice.chance(0.1);
  for (let i = 0; i < count; i++) {
    const at = dice.below(20);
    pieces.push(Buffer.from(letters.slice(at, at + (large ? dice.pick([39, 40, 41]) : dice.below(10)))));
  }
  return { pieces, trailers: dice.chance(0.25), length: dice.chance(0.4) };
}

/** The scene's answers to what the machine asks. */
export class SceneInputs implements Inputs {
  readonly #scene: Scene;
  #room: number;
  refusedRoom = false;

  constructor(scene: Scene) {
    this.#scene = scene;
    this.#room = scene.room;
  }

  request({ end }: { readonly end: boolean }): RequestPlan {
    const { plan, policies } = this.#scene;
    if (plan === 'refused') return { kind: 'refused', failure };
    if (plan !== 'policies') return { kind: plan };
    const { request, response } = policies;
    return {
      kind: 'policies',
      requestSteps: request.steps,
      responseSteps: response.steps,
      mustSee: mustSee(this.#scene),
      envoy: this.#scene.told,
      readsResponse: response.reads,
      body: this.#bodyPlan('request', end),
    };
  }

  response({ end }: { readonly end: boolean }): BodyPlan {
    return this.#bodyPlan('response', end);
  }

  mutation(side: Side): Mutation {
    const { plan, policies } = this.#scene;
    return plan === 'policies' && policies[side].steps ? policies[side].mutation : unchanged;
  }

  reserve(bytes: number): boolean {
    this.#room -= bytes;
    if (this.#room < 0) this.refusedRoom = true;
    return this.#room >= 0;
  }

  giveBack(bytes: number): void {
    this.#room += bytes;
  }

  #bodyPlan(side: Side, end: boolean): BodyPlan {
    const { reads, refused, replaces } = this.#scene.policies[side];
    if (!reads || end) return { reads: false, refusal: undefined, length: undefined, replaces };
    const { length, pieces } = this.#scene[side];
    return {
      reads: true,
      refusal: refused ? 'an endless stream' : undefined,
      length: length ? pieces.reduce((sum, piece) => sum + piece.length, 0) : undefined,
      replaces,
    };
  }
}

function mustSee({ policies }: Scene): 'nothing' | 'headers' | 'body' {
  const { request, response } = policies;
  if (!response.steps || (request.steps && isAnswer(request))) return 'nothing';
  return response.reads ? 'body' : 'headers';
}

const unchanged: Mutation = {
  path: undefined,
  status: undefined,
  headers: [],
  body: undefined,
  clearRouteCache: false,
};

/** The caller gets an answer of the policies' own. */
export function isAnswer({ outcome }: SidePolicies): boolean {
  return outcome === 'answer' || outcome === 'stream';
}

/** What the policies of a side of this exchange come to. What cannot be streamed is collected. Only requests are answered so. */
export function outcomeOf(exchange: Exchange, side: Side, policies: SidePolicies): SettledOutcome | undefined {
  if (policies.outcome === 'continue') return { kind: 'continue' };
  if (policies.outcome === 'nothing') return undefined;
  const streams = policies.outcome === 'stream' && side === 'request' && streamingObstacle(exchange) === undefined;
  if (streams) return { kind: 'stream', stream: outgoing };
  return { kind: 'answer', answer: { status: 200, headers: [], body: Buffer.from('own'), errorKey: undefined } };
}

const outgoing = {
  head: { status: 200, headers: [], cookies: [], bodiless: false },
  body: { async *[Symbol.asyncIterator]() {}, stop() {} },
  limits: { maxBytes: 1, bytesPerSecond: 1, burstBytes: 1 },
};
