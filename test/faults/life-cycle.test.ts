import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { startBackend } from '../support/backend.ts';
import { type Certificate, createCertificate } from '../support/certificate.ts';
import { type CountingLambda, startCountingLambda } from '../support/counting-lambda.ts';
import { envoyConfig, type RunningEnvoy, startEnvoy } from '../support/envoy.ts';
import type { Json } from '../support/envoy-config.ts';
import { type LoadResult, runLoad } from '../support/load.ts';
import { type RunningSidecar, type SidecarOptions, startSidecar } from '../support/sidecar.ts';

// What happens to requests while the server's processes come and go, through a real Envoy with the retry policy of the
// examples (connect-failure, refused-stream), and without its graceful close, which is the harder way.

const CONNECTIONS = 16;

const policies = (lambda: CountingLambda, note = 'first') => ({
  version: 1,
  apis: {
    default: {
      properties: { note },
      request: [
        {
          name: 'answer',
          configuration: {
            function: 'f',
            region: 'us-east-1',
            endpoint: lambda.endpoint,
            accessKey: 'AKIDEXAMPLE',
            secretKey: 'secret',
            payload: `{"id": "{#request.headers['x-request-id'][0]}"}`,
            sendToConsumer: true,
          },
        },
      ],
    },
  },
});

async function startLambda(t: TestContext): Promise<CountingLambda> {
  const lambda = await startCountingLambda();
  t.after(() => lambda.stop());
  return lambda;
}

async function startSidecars(t: TestContext, lambda: CountingLambda, options: readonly SidecarOptions[]) {
  return await Promise.all(options.map((each) => startSidecar({ test: t, config: policies(lambda), ...each })));
}

async function startProxy(t: TestContext, sidecar: readonly string[], cluster: Json = {}): Promise<RunningEnvoy> {
  const backend = await startBackend();
  t.after(() => backend.stop());
  const config = envoyConfig({
    sidecar,
    backend: backend.address,
    accessLog: false,
    gracefulClose: false,
    routes: [{ metadata: {} }],
    filter: {
      grpc_service: {
        envoy_grpc: { cluster_name: 'sidecar' },
        retry_policy: {
          retry_on: 'connect-failure,refused-stream',
          num_retries: 3,
          retry_host_predicate: [
            {
              name: 'envoy.retry_host_predicates.previous_hosts',
              typed_config: {
                '@type': 'type.googleapis.com/envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate',
              },
            },
          ],
          host_selection_retry_max_attempts: 5,
        },
      },
    },
    sidecarCluster: {
      circuit_breakers: {
        thresholds: [{ max_requests: 10_000, max_pending_requests: 10_000, max_retries: 1_000 }],
      },
      ...cluster,
    },
  });
  return await startEnvoy({ config, test: t });
}

/** Load for some seconds, with `disturb` in its midst. */
async function loadWhile(envoy: RunningEnvoy, seconds: number, disturb: () => Promise<void>): Promise<LoadResult> {
  const load = runLoad({ url: envoy.url, connections: CONNECTIONS, seconds });
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  await disturb();
  return await load;
}

function assertNoneRanTwice(lambda: CountingLambda, result: LoadResult): void {
  const twice = [...lambda.calls].filter(([, count]) => count > 1);
  assert.deepEqual(twice, []);
  assert.ok(lambda.calls.size >= result.requests - result.failures, `${lambda.calls.size} of ${result.requests}`);
  assert.ok(result.requests > 100, `only ${result.requests} requests`);
}

function assertNoneFailed(lambda: CountingLambda, result: LoadResult): void {
  assert.equal(result.failures, 0, JSON.stringify(result));
  assertNoneRanTwice(lambda, result);
}

test('a rolling restart of all workers fails no request', async (t) => {
  const lambda = await startLambda(t);
  const [sidecar] = (await startSidecars(t, lambda, [{ workers: 2 }])) as [RunningSidecar];
  const envoy = await startProxy(t, sidecar.addresses);
  const result = await loadWhile(envoy, 8, async () => {
    sidecar.signal('SIGUSR2');
    await sidecar.log(({ msg }) => msg === 'worker replaced');
  });
  await sidecar.log(({ msg }) => msg === 'all workers were restarted');
  assertNoneFailed(lambda, result);
});

test('kill -9 of a worker fails only what was in flight to it, and none runs twice', async (t) => {
  const lambda = await startLambda(t);
  const [sidecar] = (await startSidecars(t, lambda, [{ workers: 2 }])) as [RunningSidecar];
  const envoy = await startProxy(t, sidecar.addresses);
  const result = await loadWhile(envoy, 6, async () => {
    const { pids } = await sidecar.log(({ msg }) => msg === 'ready');
    process.kill((pids as number[])[0] ?? 0, 'SIGKILL');
    await sidecar.log(({ msg }) => msg === 'worker started again');
  });
  // Each caller has one request in flight. One that fails comes back at once, and may once more meet the dying process:
  // its connections can end before its listener does.
  assert.ok(result.failures <= 2 * CONNECTIONS, JSON.stringify(result));
  assertNoneRanTwice(lambda, result);
});

test('SIGTERM of a server with another beside it fails no request', async (t) => {
  const lambda = await startLambda(t);
  const [leaving, staying] = (await startSidecars(t, lambda, [{ args: ['--drain-grace', '2'] }, {}])) as [
    RunningSidecar,
    RunningSidecar,
  ];
  const envoy = await startProxy(t, [leaving.address, staying.address], {
    health_checks: [
      {
        timeout: '1s',
        interval: '0.3s',
        no_traffic_interval: '0.3s',
        unhealthy_threshold: 1,
        healthy_threshold: 1,
        grpc_health_check: { service_name: 'envoy.service.ext_proc.v3.ExternalProcessor' },
      },
    ],
  });
  const result = await loadWhile(envoy, 6, async () => {
    leaving.signal('SIGTERM');
    assert.equal(await leaving.exited, 0);
  });
  assertNoneFailed(lambda, result);
});

test('a reload every 300 ms fails no request', async (t) => {
  const lambda = await startLambda(t);
  const [sidecar] = (await startSidecars(t, lambda, [{}])) as [RunningSidecar];
  const envoy = await startProxy(t, sidecar.addresses);
  const result = await loadWhile(envoy, 5, async () => {
    for (let i = 0; i < 10; i += 1) {
      sidecar.writeConfig(policies(lambda, `version ${i}`));
      sidecar.signal('SIGHUP');
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  });
  assertNoneFailed(lambda, result);
  assert.ok((await sidecar.metric('lambda_ext_proc_reloads_total{result="ok"}')) >= 5);
});

test('certificates that are replaced fail no request and close no connection', async (t) => {
  const authority = createCertificate({ commonName: 'authority', authority: true });
  const issue = (commonName: string): Certificate =>
    createCertificate({ commonName, names: ['127.0.0.1'], issuer: authority });
  const lambda = await startLambda(t);
  const files = await startSidecar({ test: t });
  const write = (certificate: Certificate): void => {
    writeFileSync(join(files.directory, 'tls.key'), certificate.key);
    writeFileSync(join(files.directory, 'tls.crt'), certificate.cert);
  };
  write(issue('first'));
  const tls = ['--tls-cert', join(files.directory, 'tls.crt'), '--tls-key', join(files.directory, 'tls.key')];
  const [sidecar] = (await startSidecars(t, lambda, [{ listen: ['127.0.0.1:0'], args: tls }])) as [RunningSidecar];
  const envoy = await startProxy(t, sidecar.addresses, {
    transport_socket: {
      name: 'envoy.transport_sockets.tls',
      typed_config: {
        '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext',
        common_tls_context: { validation_context: { trusted_ca: { inline_string: authority.cert } } },
      },
    },
  });
  const result = await loadWhile(envoy, 5, async () => {
    write(issue('second'));
    await sidecar.log(({ msg }) => msg === 'TLS files reloaded');
  });
  assertNoneFailed(lambda, result);
  assert.equal(await envoy.stat('cluster.sidecar.upstream_cx_total'), 1);
});
