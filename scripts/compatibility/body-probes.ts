import type { BodyMode } from '../../test/support/envoy-config.ts';
import { everything, headersOnly, type Probe, type Scene, yesOrNo } from './probe.ts';
import type { Behaviour, BodyPart, Message } from './probe-server.ts';

const MODES = ['NONE', 'BUFFERED', 'BUFFERED_PARTIAL', 'STREAMED', 'FULL_DUPLEX_STREAMED'] as const;

/** Envoy needs several reads for it, and it fits into Envoy's buffers. */
const BODY_SIZE = 100_000;
/** The body of the backend's answer; the body of a request has the same number of `a`. */
export const BACKEND_BODY = 'c'.repeat(BODY_SIZE);
const REQUEST_BODY = 'a'.repeat(BODY_SIZE);

/** Another body of the same length. */
const changed = (body: Buffer): Buffer => Buffer.from(body.map((byte) => byte + 1));

/** Continues with headers and trailers, and replaces each letter of a body by the next one in the alphabet. */
function reply(mode: BodyMode, message: Message): object {
  const part = message.request_body ?? message.response_body;
  return { [message.request]: part === undefined ? {} : { response: newBody(mode, part) } };
}

function newBody(mode: BodyMode, { body = Buffer.alloc(0), end_of_stream }: BodyPart): object {
  const bytes = changed(body);
  if (mode === 'FULL_DUPLEX_STREAMED') return { body_mutation: { streamed_response: { body: bytes, end_of_stream } } };
  const replaced = { body_mutation: { body: bytes } };
  return mode === 'STREAMED' ? replaced : { ...replaced, header_mutation: { remove_headers: ['content-length'] } };
}

const post = (url: string): Promise<Response> => fetch(url, { method: 'POST', body: REQUEST_BODY });

/** Whether backend and caller received bodies of these letters. */
async function arrives({ url, path, backend }: Scene, request: string, response: string): Promise<boolean> {
  const answer = await post(url + path);
  const text = await answer.text();
  const arrived = backend.requests.findLast((one) => one.path === path)?.body.toString();
  return answer.status === 200 && arrived === request.repeat(BODY_SIZE) && text === response.repeat(BODY_SIZE);
}

const bodyProbes = MODES.map((mode): Probe => {
  const isSent = mode !== 'NONE';
  return {
    title: `Body mode \`${mode}\`: ${isSent ? 'read and replaced' : 'nothing is sent'}, in both directions`,
    route: { processingMode: everything(mode) },
    behave: (message, stream) => stream.reply(reply(mode, message)),
    async run(scene) {
      const asExpected = isSent ? await arrives(scene, 'b', 'd') : await arrives(scene, 'a', 'c');
      const bodies = scene.streams().flatMap(({ messages }) => messages.filter(({ request }) => /body/.test(request)));
      return yesOrNo(asExpected && bodies.length > 0 === isSent);
    },
  };
});

/** Replies to the headers only when the whole body has arrived. */
const waiting: Behaviour = (message, stream) => {
  const { request, request_body: part, protocol_config: told } = message;
  if (request === 'request_headers' && told?.send_body_without_waiting_for_header_response === true) return;
  const isLate =
    part !== undefined && stream.messages[0]?.protocol_config?.send_body_without_waiting_for_header_response;
  if (!isLate) return stream.reply(reply('STREAMED', message));
  if (part.end_of_stream !== true) return;
  stream.reply({ request_headers: {} });
  for (const one of stream.messages) if (one.request_body !== undefined) stream.reply(reply('STREAMED', one));
};

/** Runs on the Envoy whose filter has that field. */
export const earlyBodyProbe: Probe = {
  title: '`send_body_without_waiting_for_header_response`',
  route: { processingMode: { ...headersOnly, request_body_mode: 'STREAMED' } },
  behave: waiting,
  async run(scene) {
    const arrived = await arrives(scene, 'b', 'c');
    const [headers] = scene.streams().at(-1)?.messages ?? [];
    return yesOrNo(arrived && headers?.protocol_config?.send_body_without_waiting_for_header_response === true);
  },
};

const overrideProbe: Probe = {
  title: '`mode_override` from `NONE` to `BUFFERED`, by `allow_mode_override`',
  route: { processingMode: headersOnly },
  behave(message, stream) {
    const mode_override = { ...headersOnly, request_body_mode: 'BUFFERED' };
    const isFirst = message.request === 'request_headers';
    stream.reply({ ...reply('BUFFERED', message), ...(isFirst && { mode_override }) });
  },
  run: async (scene) => yesOrNo(await arrives(scene, 'b', 'c')),
};

const replaceProbe: Probe = {
  title: 'A GET gets a body (`CONTINUE_AND_REPLACE`)',
  route: { processingMode: headersOnly },
  behave(_, stream) {
    const response = { status: 'CONTINUE_AND_REPLACE', body_mutation: { body: Buffer.from('new') } };
    stream.reply({ request_headers: { response } });
  },
  async run({ url, path, backend }) {
    const { status } = await fetch(url + path);
    return yesOrNo(status === 200 && backend.requests.findLast((one) => one.path === path)?.body.toString() === 'new');
  },
};

export const bodies: readonly Probe[] = [...bodyProbes, overrideProbe, replaceProbe];
