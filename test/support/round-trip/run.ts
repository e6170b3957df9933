import type { ApiPolicies } from '../../../src/policy/index.ts';
import { apiOf, runOf, step } from '../policy-run.ts';
import { checkReceived, checkSeen } from './expect.ts';
import { generator, type RoundTrip } from './generate.ts';
import { type Dialect, dialects, type Oracle } from './oracles.ts';

/** How many round trips had something in them, by its name. */
export type Covered = Map<string, number>;

export interface Trips {
  readonly oracle: Oracle;
  readonly dialect: Dialect;
  readonly count: number;
  readonly seed: number;
}

/** One request after the other through the policies, in memory, and back. Throws for the first that is not what it was. */
export function roundTrips(trips: Trips): Promise<Covered> {
  const { oracle, dialect } = trips;
  const policies = apiOf({
    envoy: { allowModeOverride: true },
    apis: { default: { request: [step('f', { ...dialects[dialect], sendToConsumer: true })] } },
  });
  return eachTrip(trips, (trip) => oneTrip(policies, oracle, dialect, trip));
}

/** Throws for the first that fails, and tells how to have it again. */
export async function eachTrip(
  { oracle, dialect, count, seed }: Trips,
  make: (trip: RoundTrip) => Promise<void>,
): Promise<Covered> {
  const next = generator(seed);
  const covered: Covered = new Map();
  for (let i = 0; i < count; i++) {
    const trip = next();
    for (const name of trip.classes) covered.set(name, (covered.get(name) ?? 0) + 1);
    try {
      await make(trip);
    } catch (error) {
      const found = `${oracle.name}, ${dialect}, ROUND_TRIP_SEED=${seed}, number ${i}: ${trip.classes.join(', ')}`;
      throw new Error(found, { cause: error });
    }
  }
  return covered;
}

async function oneTrip(policies: ApiPolicies, oracle: Oracle, dialect: Dialect, { request, answer }: RoundTrip) {
  const { method, path, query, headers, body } = request;
  let seen: Awaited<ReturnType<Oracle['invoke']>>['seen'];
  const run = runOf(policies, {
    method,
    path: query === undefined ? path : `${path}?${query}`,
    headers,
    bodyLimit: 1024 * 1024,
    functions: {
      async f({ payload }) {
        const invoked = await oracle.invoke(JSON.parse(Buffer.from(payload ?? '').toString()), answer);
        seen = invoked.seen;
        return JSON.stringify(invoked.result);
      },
    },
  });
  const outcome = await run.request(body ?? Buffer.alloc(0));
  if (outcome.kind !== 'answer') throw new Error(`the outcome is ${outcome.kind}`);
  if (seen === undefined) throw new Error(`the application saw nothing: ${JSON.stringify(run.log)}`);
  checkSeen(oracle.name, dialect, request, seen);
  const { status, headers: lines, body: bytes } = outcome.answer;
  const isHead = method === 'HEAD';
  const received = { status, headers: lines, body: isHead ? Buffer.alloc(0) : (bytes ?? Buffer.alloc(0)) };
  checkReceived({ oracle: oracle.name, dialect, isEnvoy: false }, method, answer, received);
}

/** For the report of a test. */
export function described(covered: Covered): string {
  return [...covered].map(([name, count]) => `${name} ${count}`).join(', ');
}
