// Requests as events to functions with real frameworks, and their results back: in memory, and through a real Envoy.

import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { installMangum } from '../../scripts/setup/mangum.mjs';
import { dialectNames, javascriptOracle, mangumOracle, type Oracle } from '../support/round-trip/oracles.ts';
import { described, roundTrips } from '../support/round-trip/run.ts';
import { startTripsThroughEnvoy } from '../support/round-trip/through-envoy.ts';

const COUNT = 5_000;
const ENVOY_COUNT = 500;
const seed = Number(process.env.ROUND_TRIP_SEED ?? Math.floor(Math.random() * 1e9));

const oracles: readonly (() => Promise<Oracle>)[] = [
  () => javascriptOracle('hono'),
  () => javascriptOracle('express'),
  async () => mangumOracle(installMangum(join(import.meta.dirname, '../..'))),
];

for (const start of oracles) {
  const oracle = await start();
  describe(`round trips through ${oracle.name}`, () => {
    after(() => oracle.stop());
    for (const dialect of dialectNames) {
      test(`${dialect}: ${COUNT} of seed ${seed}`, async (t) => {
        const covered = await roundTrips({ oracle, dialect, count: COUNT, seed });
        // All dialects get the same requests.
        if (dialect === 'api-gateway-v1') t.diagnostic(described(covered));
      });
    }
    test(`${ENVOY_COUNT} of seed ${seed} for each dialect through a real Envoy`, async (t) => {
      const trips = await startTripsThroughEnvoy(oracle, t);
      for (const dialect of dialectNames) await trips.run(dialect, ENVOY_COUNT, seed);
    });
  });
}
