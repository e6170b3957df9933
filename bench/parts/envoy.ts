import { type RunningEnvoy, startEnvoy } from '../../test/support/envoy.ts';
import { envoyConfig, type Json } from '../../test/support/envoy-config.ts';
import { accessKeyId, secretAccessKey } from '../subjects/sign.ts';

export interface EnvoySubject {
  /** Its route is `/NAME/`. */
  readonly name: string;
  /** `unix:/path` of each of its workers; empty for a subject without a server. */
  readonly addresses: readonly string[];
  /** Envoy's own filter, or nothing between Envoy and the backend. */
  readonly without?: 'aws_lambda' | 'filters';
}

export interface BenchEnvoyOptions {
  readonly subjects: readonly EnvoySubject[];
  /** `host:port` of the backend, URL of Lambda. */
  readonly backend: string;
  readonly lambda: string;
  readonly gracefulClose: boolean;
}

const type = (name: string) => `type.googleapis.com/envoy.extensions.${name}`;
const nativeFilter = 'envoy.filters.http.aws_lambda';

/** Twice the largest body of a case, to leave room for what Envoy adds. */
const bufferBytes = 8 * 2 ** 20;

/** One Envoy for all subjects: the same listener and the same filter, with a different cluster on each route. */
export function startBenchEnvoy(options: BenchEnvoyOptions): Promise<RunningEnvoy> {
  return startEnvoy({ config: benchEnvoyConfig(options), concurrency: 1 });
}

export function benchEnvoyConfig({ subjects, backend, lambda, gracefulClose }: BenchEnvoyOptions): Json {
  const served = subjects.filter(({ without }) => without === undefined);
  const config = envoyConfig({
    backend,
    sidecar: served[0]?.addresses ?? [],
    gracefulClose,
    accessLog: false,
    perConnectionBufferLimitBytes: bufferBytes,
    // What envoy/envoy.yaml recommends.
    requestAttributes: [
      'xds.route_name',
      'xds.virtual_host_name',
      'request.protocol',
      'source.address',
      'destination.address',
    ],
    filtersAfter: [awsLambda()],
    routes: subjects.map(({ name, without }) => ({
      name,
      // With the slash, so that `own` does not match `own-2`.
      prefix: `/${name}/`,
      ...(without === undefined && {
        metadata: { 'x-lambda-api': 'bench' },
        overrides: { grpc_service: { envoy_grpc: { cluster_name: name } } },
      }),
      ...(without === 'aws_lambda' && {
        action: { cluster: name },
        extra: { typed_per_filter_config: { [nativeFilter]: perRoute() } },
      }),
    })),
  });
  const resources = config.static_resources as { clusters: Json[] };
  const [sidecar] = resources.clusters;
  for (const { name, addresses, without } of subjects) {
    if (without === undefined) resources.clusters.push(serverCluster(sidecar ?? {}, name, addresses));
    if (without === 'aws_lambda') resources.clusters.push(lambdaCluster(name, new URL(lambda)));
  }
  return config;
}

/** Like the cluster of `envoyConfig`, with other addresses. */
function serverCluster(sidecar: Json, name: string, addresses: readonly string[]): Json {
  return {
    ...sidecar,
    name,
    lb_policy: 'LEAST_REQUEST',
    load_assignment: endpoints(
      name,
      addresses.map((address) => ({ pipe: { path: address.slice('unix:'.length) } })),
    ),
  };
}

function lambdaCluster(name: string, { hostname, port }: URL): Json {
  return {
    name,
    type: 'STATIC',
    connect_timeout: '1s',
    circuit_breakers: { thresholds: [{ max_requests: 100_000, max_pending_requests: 100_000 }] },
    // Without this, the filter forwards requests unchanged.
    metadata: { filter_metadata: { 'com.amazonaws.lambda': { egress_gateway: true } } },
    load_assignment: endpoints(name, [{ socket_address: { address: hostname, port_value: Number(port) } }]),
  };
}

function endpoints(name: string, addresses: readonly Json[]): Json {
  return {
    cluster_name: name,
    endpoints: [{ lb_endpoints: addresses.map((address) => ({ endpoint: { address } })) }],
  };
}

function awsLambda(): Json {
  return {
    name: nativeFilter,
    disabled: true,
    typed_config: { '@type': type('filters.http.aws_lambda.v3.Config'), ...invocation },
  };
}

function perRoute(): Json {
  return { '@type': type('filters.http.aws_lambda.v3.PerRouteConfig'), invoke_config: invocation };
}

const invocation = {
  arn: 'arn:aws:lambda:us-east-1:000000000000:function:f',
  // Send the body unchanged, as the other subjects do.
  payload_passthrough: true,
  credentials: { access_key_id: accessKeyId, secret_access_key: secretAccessKey },
};
