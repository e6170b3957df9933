import type { Side } from '../wire/index.ts';
import { bodyHandling } from './body/index.ts';
import type { Inputs } from './inputs.ts';
import { type Exchange, reading, type SideState } from './state.ts';

/** A stream of which nothing has come yet. */
export function createExchange(inputs: Inputs, bodyLimit: number): Exchange {
  return {
    inputs,
    bodyLimit,
    effects: [],
    request: createSide('request'),
    response: createSide('response'),
    life: reading,
    filter: undefined,
    plan: undefined,
  };
}

function createSide(name: Side): SideState {
  return {
    name,
    stage: 'start',
    progress: 'start',
    body: bodyHandling('NONE', false, false),
    bodiless: false,
    expectedLength: undefined,
    answers: 'headers',
    queue: [],
    queuedBytes: 0,
    pieces: [],
    pieceCount: 0,
    size: 0,
    replaces: false,
    replacement: undefined,
  };
}
