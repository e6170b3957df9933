// Headers that Envoy keeps back (forward_rules), and mutations that it refuses (mutation_rules).
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type EchoLambda, echoApis, startEchoLambda } from '../support/echo-lambda.ts';
import { type Environment, startEnvironment } from '../support/environment.ts';
import type { BodyMode, Json } from '../support/envoy-config.ts';

const both = (mode: BodyMode) => {
  const trailers = mode === 'FULL_DUPLEX_STREAMED' ? ('SEND' as const) : ('SKIP' as const);
  return {
    request_header_mode: 'SEND' as const,
    response_header_mode: 'SEND' as const,
    request_body_mode: mode,
    response_body_mode: mode,
    request_trailer_mode: trailers,
    response_trailer_mode: trailers,
  };
};
const modes: Readonly<Record<string, BodyMode>> = {
  none: 'NONE',
  buffered: 'BUFFERED',
  duplex: 'FULL_DUPLEX_STREAMED',
};
const replaces = { payload: 'p', mutations: { body: 'new' } };
const apis: Readonly<Record<string, object>> = {
  request: { request: [replaces] },
  response: { response: [replaces] },
  reads: { response: [{ payload: '{#response.content}' }] },
  headers: { response: [{ payload: 'p', mutations: { headers: { set: { 'x-seen': 'yes' } } } }] },
};

let lambda: EchoLambda;
before(async () => {
  lambda = await startEchoLambda();
});
after(() => lambda?.stop());

function within(filter: Json, tests: (get: () => Environment) => void): void {
  let environment: Environment;
  before(async () => {
    environment = await startEnvironment({
      policies: {
        version: 1,
        envoy: { allowModeOverride: true, responseHeaders: true },
        apis: echoApis(apis, lambda),
      },
      envoy: {
        filter,
        routes: Object.entries(modes).flatMap(([mode, bodyMode]) =>
          Object.keys(apis).map((api) => ({
            prefix: `/${mode}/${api}`,
            metadata: { 'x-lambda-api': api },
            processingMode: both(bodyMode),
          })),
        ),
      },
    });
  });
  beforeEach(() => environment.backend.reset());
  after(() => environment?.stop());
  tests(() => environment);
}

const described = { 'content-encoding': 'gzip', 'content-type': 'application/x-old', 'content-digest': 'sha-256=:x:' };
const ranged = { range: 'bytes=0-4', 'if-range': '"1"' };
/** What each rule keeps back. */
const rules: Readonly<Record<string, Json>> = {
  'all but one': { allowed_headers: { patterns: [{ exact: 'x-user' }] } },
  'those that tell of a response': {
    disallowed_headers: { patterns: [':status', 'content-type', 'content-encoding'].map((exact) => ({ exact })) },
  },
};

for (const [what, forward_rules] of Object.entries(rules)) {
  describe(`forward_rules keep back ${what}`, () => {
    within({ forward_rules }, (get) => {
      for (const mode of Object.keys(modes)) {
        test(`${mode}: a new body is described by no header of the old one`, async () => {
          get().backend.answerWith({ headers: described, body: gzipSync('old') });
          const answer = await get().call(`/${mode}/response`, { headers: ranged });
          assert.deepEqual([answer.status, answer.text], [200, 'new']);
          for (const name of ['content-encoding', 'content-digest']) assert.equal(answer.headers.get(name), null, name);
          const { last } = get().backend;
          assert.deepEqual([last?.header('range'), last?.header('if-range')], [undefined, undefined]);
        });

        test(`${mode}: so is that of a request`, async () => {
          const body = new Uint8Array(gzipSync('old'));
          await get().call(`/${mode}/request`, { method: 'POST', headers: described, body });
          const { last } = get().backend;
          assert.equal(last?.body.toString(), 'new');
          for (const name of ['content-encoding', 'content-digest']) assert.equal(last?.header(name), undefined, name);
        });

        test(`${mode}: an answer without a body gets none`, async () => {
          for (const status of [204, 304]) {
            get().backend.answerWith({ status });
            const answer = await get().call(`/${mode}/response`);
            assert.equal(answer.status, 500, String(status));
            assert.match(answer.text, /not available/);
          }
          assert.equal((await get().call(`/${mode}/response`, { method: 'HEAD' })).status, 500);
        });

        test(`${mode}: a status that is not seen stays what it is, and is none below 200`, async () => {
          for (const status of [201, 204, 404, 503]) {
            get().backend.answerWith({ status });
            const answer = await get().call(`/${mode}/headers`);
            assert.deepEqual([answer.status, answer.headers.get('x-seen')], [status, 'yes']);
          }
          get().backend.answerWith({ status: 202, body: 'text' });
          const read = await get().call(`/${mode}/reads`);
          assert.deepEqual([read.status, read.text], [202, 'text']);
        });
      }

      test('the log says once for each API what must be allowed', async () => {
        await get().sidecar.log(({ msg }) => String(msg).includes('forward_rules'));
        const told = get()
          .sidecar.logs()
          .filter(({ msg }) => String(msg).includes('forward_rules of the ext_proc filter'));
        assert.deepEqual([...new Set(told.map(({ level }) => level))], ['warn']);
        assert.deepEqual(told.map(({ api }) => api).sort(), [...new Set(told.map(({ api }) => api))].sort());
      });
    });
  });
}

// `check --envoy` calls both an error.
describe('mutation_rules with disallow_all', () => {
  within({ mutation_rules: { disallow_all: true } }, (get) => {
    test('Range stays on, and a part of a response is read', async () => {
      await get().call('/none/reads', { headers: ranged });
      assert.equal(get().backend.last?.header('range'), 'bytes=0-4');
    });
  });
});

describe('mutation_rules with disallow_all and disallow_is_error', () => {
  within({ mutation_rules: { disallow_all: true, disallow_is_error: true } }, (get) => {
    for (const mode of Object.keys(modes)) {
      test(`${mode}: a response that is read is a 500, since Range is taken off its request`, async () => {
        const answer = await get().call(`/${mode}/reads`);
        assert.deepEqual([answer.status, answer.text, get().backend.calls], [500, '', 0]);
      });
    }
  });
});
