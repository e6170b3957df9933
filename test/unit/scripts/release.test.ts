import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { datedChangelog, releaseNotes } from '../../../scripts/release/changelog.ts';
import { channelOf, compareVersions, parseVersion } from '../../../scripts/release/version.ts';
import { type ReleaseClone, releaseClone } from '../../support/release-clone.ts';

test('versions come in the order of semver', () => {
  const inOrder = [
    '1.0.0-alpha',
    '1.0.0-alpha.1',
    '1.0.0-alpha.beta',
    '1.0.0-beta.2',
    '1.0.0-beta.11',
    '1.0.0',
    '1.0.1',
    '1.2.0',
    '1.10.0',
    '2.0.0',
  ];
  for (const [i, a] of inOrder.entries()) {
    for (const [j, b] of inOrder.entries())
      assert.equal(Math.sign(compareVersions(a, b)), Math.sign(i - j), `${a} ${b}`);
  }
  for (const wrong of ['1', '1.2', 'v1.2.3', '01.2.3', '1.2.3-', '1.2.3-01', '1.2.3+build', '1.2.3 ', 'latest']) {
    assert.throws(() => parseVersion(wrong), /not a version/, wrong);
  }
});

test('latest is the highest version, and neither a pre-release nor a fix of an older minor version', () => {
  const released = ['0.1.4', '0.2.0', '0.10.0-rc.1'];
  for (const [version, channel] of [
    ['0.2.0', 'latest'],
    ['0.2.1', 'latest'],
    ['0.10.0', 'latest'],
    ['0.1.5', 'release-0.1'],
    ['0.10.0-rc.2', 'next'],
    ['0.1.5-rc.1', 'next'],
  ] as const) {
    assert.equal(channelOf(version, released), channel, version);
  }
  assert.equal(channelOf('0.1.0', []), 'latest');
});

const CHANGELOG =
  '# Changelog\n\n## [Unreleased]\n\n### Added\n\n- [A](b/a.md) and [B](https://b.example).\n\n## [0.1.0] - 2026-01-02\n\n- First.\n';

test('what waits gets a version and a date, and its own place for what comes next', () => {
  const dated = datedChangelog(CHANGELOG, '0.2.0', '2026-03-04');
  assert.match(dated, /^## \[Unreleased\]\n\n## \[0\.2\.0\] - 2026-03-04\n\n### Added\n\n- \[A\]/m);
  assert.throws(() => datedChangelog(dated, '0.3.0', '2026-03-05'), /nothing under \[Unreleased\]/);
});

test('notes are the section of their version, with links that lead out of it', () => {
  const dated = datedChangelog(CHANGELOG, '0.2.0', '2026-03-04');
  const notes = releaseNotes(dated, '0.2.0', 'https://example.com/at/v0.2.0');
  assert.match(notes, /\[A\]\(https:\/\/example\.com\/at\/v0\.2\.0\/b\/a\.md\) and \[B\]\(https:\/\/b\.example\)/);
  assert.match(notes, /\(https:\/\/example\.com\/at\/v0\.2\.0\/RELEASES\.md#upgrade\)/);
  assert.doesNotMatch(notes, /First/);
  assert.match(releaseNotes(dated, '0.1.0', undefined), /^- First\.\n\nBefore you upgrade/);
  assert.throws(() => releaseNotes(dated, '0.1', undefined), /no section for 0\.1$/);
});

describe('a release of this repository', () => {
  let clone: ReleaseClone;
  let from: string;

  before(() => {
    clone = releaseClone();
    from = clone.version();
  });
  after(() => clone.remove());

  test('is only told without --write', () => {
    const before = clone.git('rev-parse', 'HEAD');
    const { status, output } = clone.release('prepare', '7.8.9', '--date', '2026-03-04');
    assert.equal(status, 0, output);
    assert.match(
      output,
      new RegExp(`^v7\\.8\\.9, from ${from.replaceAll('.', '\\.')}, 2026-03-04\\. Nothing is written`),
    );
    assert.deepEqual(
      [clone.git('rev-parse', 'HEAD'), clone.git('status', '--porcelain'), clone.git('tag')],
      [before, '', ''],
    );
  });

  test('is refused with changes, an older version, a version that is not valid, and a date that is not valid', () => {
    for (const [args, reason] of [
      [['0.0.1'], /0\.0\.1 does not come after/],
      [['1.2'], /not a version: "1\.2"/],
      [['7.8.9', '--date', '4 March'], /--date is YYYY-MM-DD/],
    ] as const) {
      const { status, output } = clone.release('prepare', ...args, '--write');
      assert.equal(status, 1);
      assert.match(output, reason);
    }
    writeFileSync(join(clone.path, 'new'), '');
    assert.match(clone.release('prepare', '7.8.9', '--write').output, /the work tree has changes/);
    clone.git('clean', '--force', '--quiet');
    assert.equal(clone.git('tag'), '');
  });

  test('sets the version everywhere, dates the changelog, and is one commit with a tag', () => {
    const { status, output } = clone.release('prepare', '7.8.9', '--date', '2026-03-04', '--write');
    assert.equal(status, 0, output);
    assert.equal(clone.git('status', '--porcelain'), '');
    assert.equal(clone.git('rev-parse', 'v7.8.9^{commit}'), clone.git('rev-parse', 'HEAD'));
    assert.equal(clone.git('cat-file', '-t', 'v7.8.9'), 'tag');
    assert.equal(clone.git('log', '-1', '--format=%s'), 'Release 7.8.9');
    assert.equal(clone.version(), '7.8.9');
    const lock = JSON.parse(clone.read('package-lock.json')) as {
      version: string;
      packages: Record<string, { version: string }>;
    };
    assert.deepEqual([lock.version, lock.packages['']?.version], ['7.8.9', '7.8.9']);
    assert.match(clone.read('deploy/helm/Chart.yaml'), /^version: 7\.8\.9\nappVersion: "7\.8\.9"$/m);
    for (const name of ['policies', 'policy-tests']) {
      const { $id } = JSON.parse(clone.read(`schema/${name}.schema.json`)) as { $id: string };
      assert.match($id, /@7\.8\.9\//);
    }
    assert.match(clone.read('CHANGELOG.md'), /^## \[Unreleased\]\n\n## \[7\.8\.9\] - 2026-03-04\n/m);
    const images = clone.git(
      'grep',
      '-ho',
      '-E',
      'lambda-ext-proc:[0-9]+\\.[0-9]+\\.[0-9]+',
      '--',
      'README.md',
      'deploy',
      'docs/guides',
    );
    assert.deepEqual([...new Set(images.split('\n'))], ['lambda-ext-proc:7.8.9']);
  });

  test('has the notes of its section, and is made once', () => {
    assert.match(clone.release('notes').output, /^### Added\n/);
    assert.match(clone.release('prepare', '7.8.9', '--write').output, /v7\.8\.9 already exists/);
    assert.equal(clone.release('channel').output, 'latest\n');
    clone.git('tag', 'v7.10.0');
    assert.equal(clone.release('channel').output, 'release-7.8\n');
    clone.git('tag', '--delete', 'v7.10.0');
    assert.match(clone.release('prepare', '7.9.0', '--write').output, /nothing under \[Unreleased\]/);
  });

  test('is packed from the commit with the tag alone', () => {
    clone.git('commit', '--quiet', '--allow-empty', '--message', 'More');
    assert.match(clone.release('package').output, /this commit does not have the tag v7\.8\.9/);
  });
});
