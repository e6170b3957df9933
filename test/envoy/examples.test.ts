// Every example in envoy/ is one that Envoy accepts, and that works.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { envoyBinary } from '../../scripts/support/tools.ts';
import { createCertificate } from '../support/certificate.ts';

const examples = join(import.meta.dirname, '../../envoy');

function temporaryDirectory(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'examples-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** The example with its certificates in a directory where they are: Envoy reads them while it validates. */
function withCertificates(text: string, directory: string): string {
  const tls = join(directory, 'tls');
  mkdirSync(tls);
  const ca = createCertificate({ commonName: 'ca', authority: true });
  const { cert, key } = createCertificate({ commonName: 'envoy', issuer: ca });
  writeFileSync(join(tls, 'ca.crt'), ca.cert);
  writeFileSync(join(tls, 'envoy.crt'), cert);
  writeFileSync(join(tls, 'envoy.key'), key);
  return text.replaceAll('/etc/envoy/tls', tls);
}

for (const name of readdirSync(examples).filter((file) => file.endsWith('.yaml'))) {
  test(`envoy_accepts_the_example_${name}`, (t) => {
    const directory = temporaryDirectory(t);
    const file = join(directory, name);
    writeFileSync(file, withCertificates(readFileSync(join(examples, name), 'utf8'), directory));
    const args = ['--mode', 'validate', '-c', file, '--disable-hot-restart'];
    const run = spawnSync(envoyBinary(), args, { encoding: 'utf8' });
    assert.equal(run.status, 0, run.stderr);
    // Deprecated or unknown fields are warnings only.
    assert.doesNotMatch(run.stderr, /\[(warning|error|critical)\]/);
  });
}
