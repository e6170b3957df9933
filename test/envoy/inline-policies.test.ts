// Policies in the route's metadata, of every size and in every script, through a real Envoy; and what becomes of other
// requests on the same connection.
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { type Environment, startEnvironment } from '../support/environment.ts';
import { anyInline } from '../support/inline-rights.ts';
import { runLoad } from '../support/load.ts';

const KIB = 1024;
let lambda: Server;
let environment: Environment;

before(async () => {
  lambda = createServer((request, response) => {
    request.resume();
    response.end('{}');
  });
  await new Promise<void>((resolve) => lambda.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(lambda.address() as AddressInfo).port}`;
  const configuration = { function: 'f', endpoint, accessKey: 'AKIDEXAMPLE', secretKey: 'secret' };
  const inline = (value: string, padding = 0) =>
    JSON.stringify({
      request: [
        { configuration: { ...configuration, mutations: { headers: { set: { 'x-said': value } } } } },
        ...(padding === 0 ? [] : [{ enabled: false, description: 'x'.repeat(padding), configuration }]),
      ],
    });
  const sized = (bytes: number) => inline('large', bytes - inline('large', 1).length + 1);
  const routes = {
    small: inline('small'),
    umlauts: inline('größe – 値 😀'),
    tabs: `\t${inline('tabs').replaceAll('":', '"\t:\t')}\t `,
    full: sized(16 * KIB),
    over: sized(16 * KIB + 1),
    huge: sized(100 * KIB),
  };
  environment = await startEnvironment({
    // What an unnoticed loss would run instead.
    policies: { version: 1, inline: anyInline, apis: { default: {} } },
    envoy: {
      accessLog: false,
      // Metadata that the route names itself may be 16 KiB at most, which Envoy checks when it starts; this may not.
      initialMetadata: { 'x-lambda-policies': '%METADATA(ROUTE:lambda:policies)%' },
      routes: [
        ...Object.entries(routes).map(([name, text]) => ({
          prefix: `/${name}`,
          metadata: {},
          filterMetadata: { lambda: { policies: text } },
        })),
        { prefix: '/named', metadata: { 'x-lambda-api': 'größe' } },
      ],
    },
  });
});
after(async () => {
  await environment.stop();
  lambda.closeAllConnections();
  lambda.close();
});

test('inline policies are in force, up to 16 KiB', async () => {
  for (const route of ['small', 'full']) {
    assert.equal((await environment.call(`/${route}`)).status, 200);
    assert.equal(environment.backend.last?.header('x-said'), route === 'small' ? 'small' : 'large');
  }
});

test('characters beyond ASCII are what they are in JSON', async () => {
  assert.equal((await environment.call('/umlauts')).status, 200);
  const said = Buffer.from(environment.backend.last?.header('x-said') ?? '', 'latin1').toString();
  assert.equal(said, 'größe – 値 😀');
});

test('tabs between the parts of JSON are blanks', async () => {
  assert.equal((await environment.call('/tabs')).status, 200);
  assert.equal(environment.backend.last?.header('x-said'), 'tabs');
});

test('a name beyond ASCII is not an API, and a request never runs under another’s policies', async () => {
  const calls = environment.backend.calls;
  assert.equal((await environment.call('/named')).status, 500);
  assert.equal(environment.backend.calls, calls);
  const { key } = await environment.sidecar.log(({ key }) => key === 'LAMBDA_EXT_PROC_UNKNOWN_API');
  assert.equal(key, 'LAMBDA_EXT_PROC_UNKNOWN_API');
});

test('a byte over 16 KiB is a 500 with its key', async () => {
  const calls = environment.backend.calls;
  assert.equal((await environment.call('/over')).status, 500);
  assert.equal(environment.backend.calls, calls);
  await environment.sidecar.log(({ key }) => key === 'LAMBDA_EXT_PROC_INVALID_POLICIES');
});

test('inline policies that break no connection harm no other request', async () => {
  const load = runLoad({ url: `${environment.envoy.url}/small`, connections: 8, seconds: 1.5 });
  for (let i = 0; i < 50; i++) await environment.call(`/${['over', 'umlauts', 'named'][i % 3]}`);
  const result = await load;
  assert.equal(result.failures, 0, JSON.stringify(result));
});

test('100 KiB break the connection that all share: what the server cannot help', async (t) => {
  const load = runLoad({ url: `${environment.envoy.url}/small`, connections: 8, seconds: 1.5 });
  for (let i = 0; i < 5; i++) {
    assert.equal((await environment.call('/huge')).status, 500);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const { failures, requests } = await load;
  t.diagnostic(`5 requests with 100 KiB of metadata: ${failures} of ${requests} others failed`);
  assert.equal((await environment.call('/small')).status, 200, 'and it recovers at once');
});
