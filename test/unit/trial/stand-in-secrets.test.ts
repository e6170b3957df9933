import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadPolicies } from '../../../src/config/index.ts';
import { StandInSecrets } from '../../../src/trial/index.ts';

const document = (secret: string): string =>
  JSON.stringify({
    version: 1,
    apis: {
      default: { request: [{ configuration: { function: 'f', accessKey: secret, secretKey: 'literal' } }] },
    },
  });
const remedy = 'write it under `secrets` of the test file';

test('a secret is read of its stand-in, not of the environment', () => {
  process.env.LAMBDA_EXT_PROC_SECRET_TRIAL = 'of the environment';
  const secrets = new StandInSecrets(new Map([['env:LAMBDA_EXT_PROC_SECRET_TRIAL', 'stand-in']]), remedy);
  const { set } = loadPolicies(document("{#secrets.get('env:LAMBDA_EXT_PROC_SECRET_TRIAL')}"), 'p.json', secrets);
  const { accessKey } = set.fallback?.request[0]?.configuration.credentials ?? {};
  assert.equal(accessKey?.evaluate({ attributes: new Map(), variables: new Map() }), 'stand-in');
});

test('a missing stand-in is an error with its place, its name and what to do', () => {
  const secrets = new StandInSecrets(new Map(), remedy);
  const load = (): unknown => loadPolicies(document("{#secrets.get('file:/run/x')}"), 'p.json', secrets);
  assert.throws(
    load,
    /p\.json:1:\d+ .*accessKey: the secret file:\/run\/x has no value in the test: write it under `secrets`/,
  );
});
