// A second line of defence inside Envoy: an RBAC filter after ext_proc that lets on what carries `request: done`.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { type Environment, startEnvironment } from '../support/environment.ts';
import type { BodyMode, Json, ProcessingMode } from '../support/envoy-config.ts';
import { FaultStub } from '../support/fault-stub.ts';

const onlyDone: Json = {
  name: 'envoy.filters.http.rbac',
  typed_config: {
    '@type': 'type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC',
    rules: {
      action: 'ALLOW',
      policies: {
        done: {
          permissions: [{ any: true }],
          principals: [
            {
              metadata: {
                filter: 'lambda-ext-proc',
                path: [{ key: 'request' }],
                value: { string_match: { exact: 'done' } },
              },
            },
          ],
        },
      },
    },
  },
};

const modes: readonly BodyMode[] = ['NONE', 'BUFFERED', 'BUFFERED_PARTIAL', 'STREAMED', 'FULL_DUPLEX_STREAMED'];
const apis = ['idle', 'headers', 'reads', 'replaces', 'response'];
const modeOf = (mode: BodyMode): ProcessingMode => ({
  request_header_mode: 'SEND',
  response_header_mode: 'SEND',
  request_body_mode: mode,
  response_body_mode: mode,
  request_trailer_mode: mode === 'FULL_DUPLEX_STREAMED' ? 'SEND' : 'SKIP',
  response_trailer_mode: mode === 'FULL_DUPLEX_STREAMED' ? 'SEND' : 'SKIP',
});

let lambda: FaultStub;
let policies: object;

before(async () => {
  lambda = await FaultStub.start();
  const step = (extra: object) => [
    {
      configuration: {
        function: 'f',
        endpoint: lambda.endpoint,
        accessKey: 'AKIDEXAMPLE',
        secretKey: 'secret',
        ...extra,
      },
    },
  ];
  policies = {
    version: 1,
    // Of the second Envoy it is not true: it ignores what the sidecar asks for.
    envoy: { allowModeOverride: true, responseHeaders: true },
    unmatched: 'pass',
    apis: {
      idle: {},
      headers: { request: step({}) },
      reads: { request: step({ payload: '{"length":{#request.content.length()}}' }) },
      replaces: { request: step({ mutations: { body: 'new' } }) },
      response: { response: step({}) },
    },
  };
});
after(() => lambda.stop());
beforeEach(() => {
  lambda.forget();
  lambda.script('f', { kind: 'answer', answer: { status: 200, body: '"ok"' } });
});

describe('RBAC after ext_proc that asks for request: done', () => {
  let environment: Environment;
  before(async () => {
    environment = await startEnvironment({
      policies,
      envoy: {
        filtersAfter: [onlyDone],
        routes: modes.flatMap((mode) => [
          ...apis.map((api) => ({
            prefix: `/${mode}/${api}`,
            metadata: { 'x-lambda-api': api },
            processingMode: modeOf(mode),
          })),
          { prefix: `/${mode}/unmatched`, metadata: {}, processingMode: modeOf(mode) },
        ]),
      },
    });
  });
  after(() => environment.stop());

  for (const mode of modes) {
    test(`${mode}: lets on every request that the sidecar is done with`, async () => {
      for (const api of [...apis, 'unmatched']) {
        for (const body of [undefined, '', 'hello', 'x'.repeat(200_000)]) {
          const init = body === undefined ? {} : { method: 'POST', body };
          const { status } = await environment.call(`/${mode}/${api}`, init);
          assert.equal(status, 200, `${api} with ${body?.length ?? 'no'} bytes`);
        }
      }
    });
  }
});

describe('RBAC after ext_proc, in an Envoy that ignores what the sidecar asks for', () => {
  let environment: Environment;
  before(async () => {
    environment = await startEnvironment({
      policies,
      apis,
      envoy: { filtersAfter: [onlyDone], allowModeOverride: false },
    });
  });
  after(() => environment.stop());

  test('stops the request whose policy never saw its body, and no other', async () => {
    const { calls } = environment.backend;
    const answer = await environment.call('/reads', { method: 'POST', body: 'hello' });
    assert.equal(answer.status, 403);
    assert.equal(environment.backend.calls, calls);
    assert.equal((await environment.call('/reads')).status, 200);
    assert.equal((await environment.call('/headers', { method: 'POST', body: 'hello' })).status, 200);
  });
});
