// docs/compatibility.md says what each Envoy can. Here the oldest and the newest are tried; `npm run test:envoy-versions` tries all and
// writes the page.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { readPage } from '../../scripts/compatibility/page.ts';
import { probeEnvoy, probes } from '../../scripts/compatibility/probe-envoy.ts';
import { streamedAnswer } from '../../scripts/compatibility/stream-probes.ts';
import { envoyVersions, installEnvoy } from '../../scripts/setup/envoy-versions.mjs';
import { STREAMING_MINOR } from '../../src/envoy-names.ts';

const root = join(import.meta.dirname, '../..');
const page = readPage();

test('the page has every version that is supported, and a cell for everything that is tried', () => {
  assert.deepEqual([...page.keys()], envoyVersions);
  for (const [version, cells] of page) {
    assert.deepEqual(
      [...cells.keys()],
      probes.map(({ title }) => title),
      version,
    );
    assert.ok(
      [...cells.values()].every((cell) => cell !== ''),
      version,
    );
  }
});

test('the first envoy that streams answers is the one from which on the server streams', () => {
  const first = [...page].find(([, cells]) => cells.get(streamedAnswer.title) === 'yes')?.[0];
  assert.equal(Number(first?.split('.')[1]), STREAMING_MINOR);
});

describe('what the page says of an envoy', () => {
  for (const version of [envoyVersions[0] ?? '', envoyVersions.at(-1) ?? '']) {
    test(`${version} is so`, async () => {
      const cells = await probeEnvoy(installEnvoy(root, version));
      assert.deepEqual(Object.fromEntries(cells), Object.fromEntries(page.get(version) ?? []));
      // A probe that cannot fail would say yes of anything.
      assert.ok(new Set(cells.values()).size > 1);
    });
  }
});
