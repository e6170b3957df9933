// What `node scripts/release.ts package` makes of a tag, in a copy of this repository.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type ReleaseClone, releaseClone } from '../support/release-clone.ts';

const REPOSITORY = 'https://example.com/owner/repository';
let clone: ReleaseClone;

before(() => {
  clone = releaseClone();
});
after(() => clone.remove());

test('the package of a release has its version, its source and its checksum, and leaves no trace', () => {
  const prepared = clone.release('prepare', '7.8.9-rc.1', '--write');
  assert.equal(prepared.status, 0, prepared.output);
  const packed = clone.release('package', '--repository', REPOSITORY);
  assert.equal(packed.status, 0, packed.output);
  const directory = join(clone.path, '.local/release');
  const name = 'lambda-ext-proc-7.8.9-rc.1.tgz';
  const file = join(directory, name);
  const sum = createHash('sha256').update(readFileSync(file)).digest('hex');
  assert.equal(readFileSync(join(directory, 'SHA256SUMS'), 'utf8'), `${sum}  ${name}\n`);
  assert.match(packed.output, new RegExp(`sha256:${sum}`));
  const ofPackage = (path: string): string =>
    execFileSync('tar', ['-xzOf', file, `package/${path}`], { encoding: 'utf8' });
  const { version, repository } = JSON.parse(ofPackage('package.json'));
  assert.deepEqual([version, repository], ['7.8.9-rc.1', { type: 'git', url: `git+${REPOSITORY}.git` }]);
  assert.match(ofPackage('CHANGELOG.md'), /^## \[7\.8\.9-rc\.1\] - \d{4}-\d\d-\d\d$/m);
  assert.match(ofPackage('dist/main.js'), /^#!/);
  assert.equal(clone.git('status', '--porcelain'), '');
});
