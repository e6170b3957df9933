import { setTimeout as pause } from 'node:timers/promises';
import type { RunningEnvoy } from '../../test/support/envoy.ts';
import { streamHttp1 } from '../../test/support/streaming-callers.ts';
import { type Cell, headersOnly, type Probe, type Scene, yesOrNo } from './probe.ts';

const CALLS = 10;
const RESETS = 'cluster.sidecar.http2.tx_reset';

/** Whether Envoy ends successful streams without a reset: docs/notes/envoy.md, How streams end. */
function closeProbe(title: string): Probe {
  return {
    title,
    route: { processingMode: headersOnly },
    behave: (message, stream) => stream.reply({ [message.request]: {} }),
    async run({ url, path, envoy }) {
      await untilIdle(envoy);
      const before = await envoy.stat(RESETS);
      for (let call = 0; call < CALLS; call++) await (await fetch(url + path)).text();
      await untilIdle(envoy);
      return yesOrNo((await envoy.stat(RESETS)) === before);
    },
  };
}

/** Waits until Envoy has ended its streams, which happens after the caller has received the answer. */
async function untilIdle(envoy: RunningEnvoy): Promise<void> {
  const deadline = Date.now() + 20_000;
  while ((await envoy.stat('cluster.sidecar.upstream_rq_active')) > 0) {
    if (Date.now() > deadline) throw new Error('Envoy does not end its streams');
    await pause(20);
  }
}

export const closing = closeProbe('Graceful close of streams, by `ext_proc_graceful_grpc_close`');
/** For an Envoy with the default runtime flags. */
export const closingByDefault = closeProbe('Graceful close without that flag');

const piece = (text: string, end_of_stream: boolean): object => ({
  streamed_immediate_response: { body_response: { body: Buffer.from(text), end_of_stream } },
});
const head = {
  streamed_immediate_response: {
    headers_response: { headers: { headers: [{ key: ':status', raw_value: Buffer.from('200') }] } },
  },
};

/** Whether the caller receives the first piece before the server writes the second. */
async function isStreamed({ url, path, streams }: Scene, body: string | undefined): Promise<Cell> {
  const answer = await streamHttp1(url, path, body === undefined ? {} : { method: 'POST', body });
  if (answer.status !== 200 || (await answer.until(5)) !== 'first') return 'no';
  streams().at(-1)?.reply(piece('second', true));
  return yesOrNo((await answer.ended) === 'end' && answer.body().toString() === 'firstsecond');
}

export const streamedAnswer: Probe = {
  title: 'Streamed answers (`StreamedImmediateResponse`), in reply to the headers',
  route: { processingMode: headersOnly },
  behave(_, stream) {
    stream.reply(head);
    stream.reply(piece('first', false));
  },
  run: (scene) => isStreamed(scene, undefined),
};

const afterBody: Probe = {
  title: 'Streamed answers after the request’s body, in `FULL_DUPLEX_STREAMED`',
  route: {
    processingMode: { ...headersOnly, request_body_mode: 'FULL_DUPLEX_STREAMED', request_trailer_mode: 'SEND' },
  },
  behave(message, stream) {
    if (message.request_body?.end_of_stream !== true) return;
    stream.reply(head);
    stream.reply(piece('first', false));
  },
  run: (scene) => isStreamed(scene, 'x'.repeat(100_000)),
};

export const answers: readonly Probe[] = [streamedAnswer, afterBody];
