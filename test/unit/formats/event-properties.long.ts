import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkEvents, eventDialects } from '../../support/event-model.ts';

for (const name of Object.keys(eventDialects)) {
  test(`5,000 hostile requests become ${name} events that Powertools reads and nothing is lost in`, async (t) => {
    const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
    const classes = await checkEvents(name, seed, 5_000);
    t.diagnostic(`seed ${seed}: ${JSON.stringify(Object.fromEntries(classes))}`);
    assert.ok(classes.size >= 14);
  });
}
