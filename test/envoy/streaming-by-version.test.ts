// What becomes of a step that streams, by what the server knows of Envoy's version. It runs on every supported Envoy, and so says what
// an old one does (docs/reference/streaming.md, What Envoy needs).
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ENVOY_MINOR_ATTRIBUTE, STREAMING_MINOR } from '../../src/envoy-names.ts';
import { envoyConfig, envoyMinor, type RunningEnvoy, startEnvoy } from '../support/envoy.ts';
import { type Received, streamHttp1 } from '../support/streaming-callers.ts';
import { type StreamingEnvironment, startStreaming, streamingEnvoy } from '../support/streaming-environment.ts';
import { streams } from '../support/streaming-stub.ts';

const canStream = envoyMinor() >= STREAMING_MINOR;
const collected = 'lambda_ext_proc_collected_answers_total{reason="envoy_version"}';
const apis = { raw: {}, old: {} };

let environment: StreamingEnvironment;
/** Does not tell its version. */
let silent: RunningEnvoy;

before(async () => {
  environment = await startStreaming({
    apis,
    api: { old: { envoy: { version: '1.36' } } },
    envoy: { requestAttributes: ['xds.route_name', ENVOY_MINOR_ATTRIBUTE] },
  });
  const { sidecar, backend } = environment;
  silent = await startEnvoy({
    config: envoyConfig({
      ...streamingEnvoy(Object.keys(apis)),
      sidecar: sidecar.addresses,
      backend: backend.address,
    }),
  });
});
after(async () => {
  await silent?.stop();
  await environment?.stop();
});

/** The answer of an API whose function writes two pieces, and how many were collected for it. */
async function call(envoy: RunningEnvoy, api: keyof typeof apis): Promise<{ answer: Received; collections: number }> {
  const before = await environment.sidecar.metric(collected);
  environment.on(api, streams('one', 'two'));
  const answer = await streamHttp1(envoy.url, `/duplex/${api}`);
  assert.equal(await answer.ended, 'end');
  return { answer, collections: (await environment.sidecar.metric(collected)) - before };
}

function assertAnswer({ answer, collections }: Awaited<ReturnType<typeof call>>, isStreamed: boolean): void {
  assert.deepEqual([answer.status, answer.body().toString()], [200, 'onetwo']);
  assert.equal(answer.headers['content-length'], isStreamed ? undefined : '6');
  assert.equal(collections, isStreamed ? 0 : 1);
}

describe('an answer that is to be streamed', () => {
  test('is streamed where Envoy tells a version that can, and collected where it tells an older one', async () => {
    assertAnswer(await call(environment.envoy, 'raw'), canStream);
  });

  test('what Envoy tells of its version counts for more than the document', async () => {
    assertAnswer(await call(environment.envoy, 'old'), canStream);
  });

  test('is collected where only the document tells a version, of one that cannot', async () => {
    assertAnswer(await call(silent, 'old'), false);
  });

  test('is tried where nobody tells a version, which is an empty 500 of an Envoy that cannot', async () => {
    const got = await call(silent, 'raw');
    if (canStream) assertAnswer(got, true);
    else assert.deepEqual([got.answer.status, got.answer.body().toString(), got.collections], [500, '', 0]);
  });
});
