// Requests as events to functions with real frameworks, and their results back: a seeded sample of round-trips.long.ts.
import { after, describe, test } from 'node:test';
import { dialectNames, javascriptOracle } from '../../../support/round-trip/oracles.ts';
import { described, roundTrips } from '../../../support/round-trip/run.ts';

const SAMPLE = 150;
const seed = Number(process.env.ROUND_TRIP_SEED ?? Math.floor(Math.random() * 1e9));

for (const name of ['hono', 'express'] as const) {
  describe(`round trips through ${name}`, async () => {
    const oracle = await javascriptOracle(name);
    after(() => oracle.stop());
    for (const dialect of dialectNames) {
      test(`${dialect}: ${SAMPLE} of seed ${seed}`, async (t) => {
        const covered = await roundTrips({ oracle, dialect, count: SAMPLE, seed });
        // All dialects get the same requests.
        if (dialect === 'api-gateway-v1') t.diagnostic(described(covered));
      });
    }
  });
}
