import {
  ENVOY_MINOR_ATTRIBUTE,
  EXT_PROC_FILTER,
  METHOD_ATTRIBUTE,
  requestAttributes as named,
  responseAttributes as namedOfResponse,
  STATUS_ATTRIBUTE,
} from '../../src/envoy-names.ts';
import type { Json } from '../../test/support/envoy-config.ts';
import { type Cell, headersOnly, type Probe, type Scene, yesOrNo } from './probe.ts';
import type { Behaviour, Part, Struct } from './probe-server.ts';

const { peerCertificate, localCertificate, ...withoutTls } = named;
const REQUEST_ATTRIBUTES = [...Object.values(withoutTls), METHOD_ATTRIBUTE];
const RESPONSE_ATTRIBUTES = [...Object.values(namedOfResponse), STATUS_ATTRIBUTE];

/** Of the filter. */
export const askedFor = {
  requestAttributes: [...REQUEST_ATTRIBUTES, ENVOY_MINOR_ATTRIBUTE],
  responseAttributes: RESPONSE_ATTRIBUTES,
};

const NAMESPACE = 'probe';
const SENT_BACK = 'lambda-ext-proc';

/** For the filter: it forwards the metadata of the filter below, and accepts metadata from the server. */
export const metadataOptions: Json = {
  forwarding_namespaces: { untyped: [NAMESPACE] },
  receiving_namespaces: { untyped: [SENT_BACK] },
};

/** A filter that sets dynamic metadata. */
export const settingMetadata: Json = {
  name: 'envoy.filters.http.set_metadata',
  typed_config: {
    '@type': 'type.googleapis.com/envoy.extensions.filters.http.set_metadata.v3.Config',
    metadata: [{ metadata_namespace: NAMESPACE, value: { tier: 'gold' } }],
  },
};

const goOn: Behaviour = (message, stream) => stream.reply({ [message.request]: {} });
const bothHeaders = { request_header_mode: 'SEND', response_header_mode: 'SEND' } as const;

async function fieldsOf({ url, path, streams }: Scene, part: Part): Promise<Struct['fields']> {
  await fetch(url + path);
  const message = streams()
    .flatMap(({ messages }) => messages)
    .find(({ request }) => request === part);
  return message?.attributes?.[EXT_PROC_FILTER]?.fields ?? {};
}

function allOf(names: readonly string[], fields: Struct['fields']): Cell {
  const missing = names.filter((name) => !Object.hasOwn(fields, name));
  return missing.length === 0 ? 'yes' : `not ${missing.map((name) => `\`${name}\``).join(', ')}`;
}

const codes = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');

export const attributes: readonly Probe[] = [
  {
    title: `Request attributes ${codes(REQUEST_ATTRIBUTES)}`,
    route: { processingMode: bothHeaders },
    behave: goOn,
    run: async (scene) => allOf(REQUEST_ATTRIBUTES, await fieldsOf(scene, 'request_headers')),
  },
  {
    title: `Its own version, as \`${ENVOY_MINOR_ATTRIBUTE}\``,
    route: { processingMode: bothHeaders },
    behave: goOn,
    async run(scene) {
      const fields = await fieldsOf(scene, 'request_headers');
      return yesOrNo(fields[ENVOY_MINOR_ATTRIBUTE]?.numberValue === scene.minor);
    },
  },
  {
    title: `Response attributes ${codes(RESPONSE_ATTRIBUTES)}`,
    route: { processingMode: bothHeaders },
    behave: goOn,
    run: async (scene) => allOf(RESPONSE_ATTRIBUTES, await fieldsOf(scene, 'response_headers')),
  },
  {
    title: 'Responses of Envoy’s own are shown where request headers are `SKIP`',
    route: {
      processingMode: { request_header_mode: 'SKIP', response_header_mode: 'SEND' },
      directResponse: { status: 403 },
    },
    behave: goOn,
    async run({ url, path, streams }) {
      await fetch(url + path);
      return yesOrNo(streams().length > 0);
    },
  },
];

export const metadata: readonly Probe[] = [
  {
    title: 'Dynamic metadata of other filters (`forwarding_namespaces`)',
    route: { processingMode: headersOnly },
    behave: goOn,
    async run({ url, path, streams }) {
      await fetch(url + path);
      const context = streams().at(-1)?.messages[0]?.metadata_context;
      return yesOrNo(context?.filter_metadata?.[NAMESPACE]?.fields.tier?.stringValue === 'gold');
    },
  },
  {
    title: 'Dynamic metadata of the server’s (`receiving_namespaces`)',
    route: { processingMode: headersOnly },
    behave(_, stream) {
      const inner = { fields: { sent: { stringValue: 'back' } } };
      stream.reply({ request_headers: {}, dynamic_metadata: { fields: { [SENT_BACK]: { structValue: inner } } } });
    },
    async run({ url, path, envoy }) {
      await fetch(url + path);
      const entry = await envoy.accessLog((one) => one.path === path);
      return yesOrNo(entry.metadata?.sent === 'back');
    },
  },
  {
    title: '`authority` of a route’s own `grpc_service`',
    route: {
      processingMode: headersOnly,
      overrides: { grpc_service: { envoy_grpc: { cluster_name: 'sidecar', authority: 'orders.example' } } },
    },
    behave: goOn,
    async run({ url, path, streams }) {
      await fetch(url + path);
      return yesOrNo(streams().at(-1)?.authority === 'orders.example');
    },
  },
  {
    title: 'A mistake, `host` in `grpc_initial_metadata`, fails the request (`check --envoy` refuses it)',
    route: { processingMode: headersOnly, metadata: { host: 'orders.example' } },
    behave: goOn,
    run: async ({ url, path }) => yesOrNo((await fetch(url + path)).status === 500),
  },
];
