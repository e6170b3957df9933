import type { Json } from '../commented-yaml.ts';
import type { Connection } from '../definition.ts';
import { type } from './json.ts';

const SYSTEM_CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';

/** The name in the certificate is that of the host that the request goes to, unless the caller's is passed on. */
export function sniOptions(connection: Connection): Json {
  if (usesEndpointName(connection)) return {};
  return { upstream_http_protocol_options: { auto_sni: true, auto_san_validation: checksName(connection) } };
}

export function tlsSocket(connection: Connection): Json {
  const { tls, http2 } = connection;
  const trusted = tls?.trusted === undefined ? { filename: SYSTEM_CERTIFICATES } : { inline_string: tls.trusted };
  return {
    name: 'envoy.transport_sockets.tls',
    typed_config: {
      '@type': type('extensions.transport_sockets.tls.v3.UpstreamTlsContext'),
      common_tls_context: {
        ...(http2 !== undefined && { alpn_protocols: ['h2'] }),
        ...(tls?.certificate !== undefined && {
          tls_certificates: [
            { certificate_chain: { inline_string: tls.certificate }, private_key: { inline_string: tls.privateKey } },
          ],
        }),
        ...(tls?.trustAll !== true && { validation_context: { trusted_ca: trusted } }),
      },
      ...(usesEndpointName(connection) && { auto_host_sni: true, auto_sni_san_validation: checksName(connection) }),
    },
  };
}

function checksName({ tls }: Connection): boolean {
  return tls?.trustAll !== true && tls?.anyName !== true;
}

function usesEndpointName({ preserveHost, host }: Connection): boolean {
  return preserveHost === true || host !== undefined;
}
