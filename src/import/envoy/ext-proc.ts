import {
  CERTIFICATE_ATTRIBUTES,
  EXT_PROC_FILTER,
  GRPC_AUTHORITY,
  METADATA_NAMESPACE,
  REQUEST_DONE,
  requestAttributes,
  responseAttributes,
  streamMetadata,
} from '../../envoy-names.ts';
import type { Json } from '../commented-yaml.ts';
import { seconds, type } from './json.ts';

export const SIDECAR_CLUSTER = 'lambda-ext-proc';

/** `readsTls`: whether expressions ask for certificates. */
export function extProcFilter(messageTimeoutMs: number, readsTls: boolean): Json {
  return {
    name: EXT_PROC_FILTER,
    '#': 'Off, unless a route turns it on.',
    disabled: true,
    typed_config: {
      '@type': type('extensions.filters.http.ext_proc.v3.ExternalProcessor'),
      grpc_service: {
        envoy_grpc: { cluster_name: SIDECAR_CLUSTER, authority: GRPC_AUTHORITY },
        '#': 'Only failures after which nothing can have run: `reset` here would call functions twice.',
        retry_policy: {
          retry_on: 'connect-failure,refused-stream',
          num_retries: 3,
          '#': 'Envoy would wait up to a second before the first one.',
          retry_back_off: { base_interval: '0.01s', max_interval: '0.1s' },
        },
      },
      '#': 'The minimum that a policy needs: the sidecar asks for bodies and responses by mode_override.',
      processing_mode: {
        request_header_mode: 'SEND',
        response_header_mode: 'SKIP',
        request_body_mode: 'NONE',
        response_body_mode: 'NONE',
        request_trailer_mode: 'SKIP',
        response_trailer_mode: 'SKIP',
      },
      allow_mode_override: true,
      failure_mode_allow: false,
      message_timeout: seconds(messageTimeoutMs),
      request_attributes: [
        requestAttributes.routeName,
        requestAttributes.virtualHostName,
        requestAttributes.protocol,
        requestAttributes.sourceAddress,
        requestAttributes.destinationAddress,
        ...(readsTls ? CERTIFICATE_ATTRIBUTES : []),
      ],
      response_attributes: [
        responseAttributes.codeDetails,
        responseAttributes.flags,
        responseAttributes.upstreamAddress,
      ],
      mutation_rules: { disallow_is_error: true },
      metadata_options: { receiving_namespaces: { untyped: [METADATA_NAMESPACE] } },
    },
  };
}

/** The filter that stops requests whose policies have not run, should Envoy continue without them. */
export const requestDoneFilter: Json = {
  name: REQUEST_DONE.filter,
  '#': 'Only requests whose policies have run are forwarded. Off without the sidecar.',
  disabled: true,
  typed_config: {
    '@type': type('extensions.filters.http.rbac.v3.RBAC'),
    rules: {
      action: 'ALLOW',
      policies: {
        'request-done': {
          permissions: [{ any: true }],
          principals: [
            {
              sourced_metadata: {
                metadata_matcher: {
                  filter: METADATA_NAMESPACE,
                  path: [{ key: REQUEST_DONE.key }],
                  value: { string_match: { exact: REQUEST_DONE.value } },
                },
              },
            },
          ],
        },
      },
    },
  },
};

/** On a route: both filters are on, for an API of policies.yaml. */
export function extProcOn(api: string): Json {
  return {
    [EXT_PROC_FILTER]: {
      '@type': type('extensions.filters.http.ext_proc.v3.ExtProcPerRoute'),
      overrides: { grpc_initial_metadata: [{ key: streamMetadata.api, value: api }] },
    },
    [REQUEST_DONE.filter]: { '@type': type('config.route.v3.FilterConfig'), config: {} },
  };
}
