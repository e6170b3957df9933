import assert from 'node:assert/strict';
import { syncBuiltinESMExports } from 'node:module';
import os from 'node:os';
import { test } from 'node:test';
import { profileStamp } from '../../../../src/lambda/credentials/default-chain.ts';
import { ensureHome, homeDirectory, sharedFiles } from '../../../../src/lambda/environment.ts';

test('the files of the profiles are those that the SDK reads', () => {
  const usual = { credentials: '/home/x/.aws/credentials', config: '/home/x/.aws/config' };
  for (const environment of [
    { HOME: '/home/x' },
    { HOME: '', USERPROFILE: '/home/x' },
    { HOME: '/home/x', USERPROFILE: '/other' },
    { HOME: '/home/x', AWS_SHARED_CREDENTIALS_FILE: '', AWS_CONFIG_FILE: '' },
  ]) {
    assert.deepEqual(sharedFiles(environment), usual);
  }
  const named = { AWS_SHARED_CREDENTIALS_FILE: '~/creds', AWS_CONFIG_FILE: '/etc/aws/config' };
  assert.deepEqual(sharedFiles({ HOME: '/home/x', ...named }), {
    credentials: '/home/x/creds',
    config: '/etc/aws/config',
  });
  assert.equal(sharedFiles({ HOME: '/home/x', AWS_CONFIG_FILE: '~other/c' }).config, '~other/c', 'as the SDK: no user');
});

test('a user that has no home gets the root as in a container and nothing rejects', async (context) => {
  const { HOME, USERPROFILE, HOMEPATH } = process.env;
  for (const name of ['HOME', 'USERPROFILE', 'HOMEPATH']) delete process.env[name];
  context.mock.method(os, 'homedir', () => {
    throw new Error('uv_os_homedir returned ENOENT (no such file or directory)');
  });
  syncBuiltinESMExports();
  try {
    assert.equal(homeDirectory({}), '/');
    assert.equal(typeof (await profileStamp()), 'string');
    ensureHome();
    assert.equal(process.env.HOME, '/');
  } finally {
    context.mock.restoreAll();
    syncBuiltinESMExports();
    delete process.env.HOME;
    Object.assign(
      process.env,
      Object.fromEntries(Object.entries({ HOME, USERPROFILE, HOMEPATH }).filter(([, v]) => v)),
    );
  }
});
