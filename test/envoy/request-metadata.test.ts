// `#request.metadata`: claims that Envoy's jwt_authn has verified, as policies read them behind the real Envoy.
import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { type EchoLambda, startEchoLambda } from '../support/echo-lambda.ts';
import { type Environment, startEnvironment } from '../support/environment.ts';
import type { Json } from '../support/envoy-config.ts';

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const NAMESPACE = 'envoy.filters.http.jwt_authn';
const PAYLOAD = `#request.metadata['${NAMESPACE}']['payload']`;

function token(claims: object, key = privateKey): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ alg: 'ES256', typ: 'JWT', kid: 'k' })}.${part({ iss: 'issuer', exp: 4_102_444_800, ...claims })}`;
  const signature = sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' });
  return `${text}.${signature.toString('base64url')}`;
}

/** Lets requests without a token go on, as where policies decide. */
const jwtAuthn: Json = {
  name: NAMESPACE,
  typed_config: {
    '@type': 'type.googleapis.com/envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication',
    providers: {
      issuer: {
        issuer: 'issuer',
        local_jwks: { inline_string: JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k' }] }) },
        payload_in_metadata: 'payload',
        forward: true,
      },
    },
    rules: [
      {
        match: { prefix: '/' },
        requires: { requires_any: { requirements: [{ provider_name: 'issuer' }, { allow_missing: {} }] } },
      },
    ],
  },
};

/** What a caller puts into a namespace that is not forwarded, and into one of the same key. */
const storing: Json = {
  name: 'storing',
  typed_config: {
    '@type': 'type.googleapis.com/envoy.extensions.filters.http.header_to_metadata.v3.Config',
    request_rules: [{ header: 'x-pick', on_header_present: { metadata_namespace: 'callers', key: 'payload' } }],
  },
};

describe('claims of a token', () => {
  let environment: Environment;
  let lambda: EchoLambda;

  before(async () => {
    lambda = await startEchoLambda();
    const { endpoint } = lambda;
    const call = { function: 'echo', endpoint, accessKey: 'a', secretKey: 's' };
    const set = (headers: Readonly<Record<string, string>>) => ({ mutations: { headers: { set: headers } } });
    environment = await startEnvironment({
      apis: ['claims', 'guard', 'callers'],
      policies: {
        version: 1,
        apis: {
          claims: {
            request: [
              {
                configuration: {
                  ...call,
                  payload: { sub: `{${PAYLOAD}['sub']}`, claims: `{#json(${PAYLOAD})}` },
                  ...set({
                    'x-sub': `{${PAYLOAD}['sub']}`,
                    'x-roles': `{${PAYLOAD}['roles']}`,
                    'x-org': `{${PAYLOAD}['org']['id']}`,
                    'x-exp': `{${PAYLOAD}['exp'] > 1700000000}`,
                    'x-none': `{${PAYLOAD}['none']}`,
                  }),
                },
              },
            ],
          },
          guard: {
            request: [
              {
                condition: `{${PAYLOAD}['admin'] != true}`,
                onConditionError: 'fail',
                configuration: { ...call, payload: '{}', sendToConsumer: true, answer: { status: 403 } },
              },
            ],
          },
          callers: {
            request: [
              {
                configuration: { ...call, payload: '{}', ...set({ 'x-stored': "{#request.metadata['callers']}" }) },
              },
            ],
          },
        },
      },
      envoy: {
        filtersBefore: [jwtAuthn, storing],
        filter: {
          metadata_options: {
            forwarding_namespaces: { untyped: [NAMESPACE] },
            receiving_namespaces: { untyped: ['lambda-ext-proc'] },
          },
        },
      },
    });
  });
  after(async () => {
    await environment?.stop();
    lambda?.stop();
  });

  const bearer = (text: string) => ({ authorization: `Bearer ${text}` });

  test('reach payloads and headers with their types', async () => {
    const claims = { sub: 'ada', roles: ['a', 'b'], org: { id: 7 }, constructor: 'c', ['__proto__']: { sub: 'eve' } };
    const { status } = await environment.call('/claims', { headers: bearer(token(claims)) });
    assert.equal(status, 200);
    const header = (name: string) => environment.backend.last?.header(name);
    assert.deepEqual(['x-sub', 'x-roles', 'x-org', 'x-exp'].map(header), ['ada', 'a,b', '7', 'true']);
    assert.equal(header('x-none'), undefined);
  });

  test('of a thousand values are read', async () => {
    const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`claim${index}`, index]));
    const { status } = await environment.call('/claims', {
      headers: bearer(token({ sub: 'ada', roles: [], org: { id: 1 }, ...many })),
    });
    assert.equal(status, 200);
  });

  test('decide over a guard, which stays closed where there are none', async () => {
    const statusOf = async (headers: Record<string, string>) => (await environment.call('/guard', { headers })).status;
    assert.equal(await statusOf(bearer(token({ admin: true }))), 200);
    const { backend } = environment;
    const { calls } = backend;
    assert.equal(await statusOf(bearer(token({ admin: false }))), 403);
    assert.equal(await statusOf(bearer(token({ admin: 'true ' }))), 403);
    assert.equal(await statusOf(bearer(token({}))), 403);
    assert.equal(await statusOf({}), 500, 'no token: the condition fails');
    assert.equal(await statusOf({ 'x-pick': '{"admin":true}' }), 500, 'what a caller stores elsewhere');
    assert.equal(await statusOf(bearer(token({ admin: true }, stranger.privateKey))), 401, 'another key');
    assert.equal(backend.calls, calls, 'none of them reached the backend');
  });

  test('of a namespace that is not forwarded are null', async () => {
    const { status } = await environment.call('/callers', { headers: { 'x-pick': 'admin' } });
    assert.equal(status, 200);
    assert.equal(environment.backend.last?.header('x-stored'), undefined);
  });
});
