// What happens to requests while processes come and go, Lambda and STS are in trouble, and files change: through a real
// Envoy with the settings of the examples. `npm run test:soak` asks for 2,000 requests a second.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Readiness } from '../../src/server/index.ts';
import { type Certificate, createCertificate } from '../support/certificate.ts';
import { allow, startLocalAws } from '../support/ministack.ts';
import { type RunningSidecar, type SidecarOptions, startSidecar } from '../support/sidecar.ts';
import { startStsStub } from '../support/sts-stub.ts';
import {
  assertNoneFailed,
  disturbed,
  failedInvocations,
  pause,
  perSecond,
  policies,
  QUIET_MS,
  seconds,
  settled,
  startLambda,
  startProxy,
  until,
} from './fault-scene.ts';

const start = (options: SidecarOptions): Promise<RunningSidecar> => startSidecar({ built: true, ...options });
/** For how long the trouble may last, so that some quiet is left after it. */
const troubleMs = seconds * 1000 - 2 * QUIET_MS;
const kills = Number(process.env.FAULT_KILLS ?? 1);

test('a rolling restart of all workers fails no request', async (t) => {
  const lambda = await startLambda(t);
  const sidecar = await start({ test: t, config: policies(lambda), workers: 2 });
  const envoy = await startProxy(t, [sidecar]);
  const outcome = await disturbed(t, { lambda, envoy }, async () => {
    sidecar.signal('SIGUSR2');
    await sidecar.log(({ msg }) => msg === 'worker replaced');
  });
  await sidecar.log(({ msg }) => msg === 'all workers were restarted');
  assertNoneFailed(outcome);
  await settled(t, sidecar, lambda);
});

for (let kill = 1; kill <= kills; kill++) {
  test(`kill -9 of a worker fails what was in flight and little more, and none runs twice (${kill} of ${kills})`, async (t) => {
    const lambda = await startLambda(t);
    const sidecar = await start({ test: t, config: policies(lambda), workers: 2 });
    const envoy = await startProxy(t, [sidecar]);
    const { result } = await disturbed(t, { lambda, envoy }, async () => {
      const { pids } = await sidecar.log(({ msg }) => msg === 'ready');
      process.kill((pids as number[])[0] ?? 0, 'SIGKILL');
      await sidecar.log(({ msg }) => msg === 'worker started again');
    });
    const { failures, failuresSentLater, inFlightAtFirstFailure } = result;
    t.diagnostic(
      `${failures} failed of ${inFlightAtFirstFailure} in flight to both workers, ${failuresSentLater} later`,
    );
    // What is sent once the connection broke goes to the other worker. The kernel may close the listener a moment after the
    // connections: Envoy's next connection is still accepted then, and what it carries is lost with it.
    const moment = perSecond / 20;
    assert.ok(failuresSentLater <= moment, `${failuresSentLater} failed that were sent after the connection broke`);
    await settled(t, sidecar, lambda);
  });
}

test('SIGTERM of a server with another beside it fails no request', async (t) => {
  const lambda = await startLambda(t);
  const config = policies(lambda);
  const leaving = await start({ test: t, config, args: ['--drain-grace', '3'] });
  const staying = await start({ test: t, config });
  const envoy = await startProxy(t, [leaving, staying]);
  const outcome = await disturbed(t, { lambda, envoy }, async () => {
    leaving.signal('SIGTERM');
    assert.equal(await leaving.exited, 0);
  });
  assertNoneFailed(outcome);
  await settled(t, staying, lambda);
});

test('reloads, broken files among them, fail no request', async (t) => {
  const lambda = await startLambda(t);
  const sidecar = await start({ test: t, config: policies(lambda) });
  const envoy = await startProxy(t, [sidecar]);
  const inForce = 'lambda_ext_proc_policies_valid';
  const reloads = 'lambda_ext_proc_reloads_total{result="ok"}';
  const outcome = await disturbed(t, { lambda, envoy }, async () => {
    for (let i = 0; i * 1000 < troubleMs; i++) {
      sidecar.writeConfig(policies(lambda, `version ${i}`));
      sidecar.signal('SIGHUP');
      // How long a reload takes depends on the load: a machine that has no time left takes seconds.
      await until(async () => (await sidecar.metric(reloads)) > i);
      await pause(700);
      sidecar.writeConfig('version: 1\napis: [broken');
      await pause(300);
    }
    await sidecar.log(({ msg }) => msg === 'the configuration cannot be used; the previous policies stay in force');
    await until(async () => (await sidecar.metric(inForce)) === 0);
    assert.equal(await sidecar.metric(inForce), 0, 'the metric is red');
    const ready = (await (await fetch(`${sidecar.adminUrl}/readyz`)).json()) as Readiness;
    assert.equal(ready.checks.policies?.status, 'degraded');
    sidecar.writeConfig(policies(lambda, 'last'));
    sidecar.signal('SIGHUP');
    await pause(700);
  });
  assertNoneFailed(outcome);
  await settled(t, sidecar, lambda);
  assert.equal(await sidecar.metric(inForce), 1);
  assert.ok((await sidecar.metric(reloads)) >= troubleMs / 1000);
});

test('certificates that are replaced fail no request and close no connection', async (t) => {
  const authority = createCertificate({ commonName: 'authority', authority: true });
  const issue = (commonName: string): Certificate =>
    createCertificate({ commonName, names: ['127.0.0.1'], issuer: authority });
  const lambda = await startLambda(t);
  const files = await start({ test: t });
  const write = (certificate: Certificate): void => {
    writeFileSync(join(files.directory, 'tls.key'), certificate.key);
    writeFileSync(join(files.directory, 'tls.crt'), certificate.cert);
  };
  write(issue('first'));
  const client = issue('client');
  writeFileSync(join(files.directory, 'ca.crt'), authority.cert);
  const flag = (name: string, file: string): string[] => [name, join(files.directory, file)];
  const args = [
    ...flag('--tls-cert', 'tls.crt'),
    ...flag('--tls-key', 'tls.key'),
    ...flag('--tls-client-ca', 'ca.crt'),
  ];
  const sidecar = await start({ test: t, config: policies(lambda), listen: ['127.0.0.1:0'], args });
  const envoy = await startProxy(t, [sidecar], {
    health_checks: [],
    transport_socket: {
      name: 'envoy.transport_sockets.tls',
      typed_config: {
        '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext',
        common_tls_context: {
          tls_certificates: [
            { certificate_chain: { inline_string: client.cert }, private_key: { inline_string: client.key } },
          ],
          validation_context: { trusted_ca: { inline_string: authority.cert } },
        },
      },
    },
  });
  const outcome = await disturbed(t, { lambda, envoy }, async () => {
    for (let i = 0; i * 1000 < troubleMs; i++) {
      write(issue(`replacement ${i}`));
      await pause(1_000);
    }
    await sidecar.log(({ msg }) => msg === 'TLS files reloaded');
  });
  assertNoneFailed(outcome);
  await settled(t, sidecar, lambda);
  assert.equal(await envoy.stat('cluster.sidecar.upstream_cx_destroy'), 0);
});

test('a Lambda that hangs: each request is answered in time, and all is well afterwards', async (t) => {
  const lambda = await startLambda(t);
  const hangMs = Math.min(5_000, troubleMs);
  const sidecar = await start({ test: t, config: policies(lambda) });
  const envoy = await startProxy(t, [sidecar]);
  const { result } = await disturbed(t, { lambda, envoy }, async () => {
    lambda.become({ hangs: true });
    await pause(hangMs);
    lambda.become({});
  });
  // A hang that ends within the time-outs is only slow, unless so many wait that the limits say 503.
  assert.deepEqual(
    Object.keys(result.statuses).filter((status) => status !== '200' && status !== '503'),
    [],
  );
  assert.deepEqual(result.errors, {});
  if (perSecond * (hangMs / 1000) < 11_000) assert.equal(result.failures, 0);
  await settled(t, sidecar, lambda);
});

test('a Lambda that hangs for longer than its read time-out: the key, and nothing is left waiting', async (t) => {
  const lambda = await startLambda(t);
  const readTimeoutMs = 500;
  const sidecar = await start({ test: t, config: policies(lambda, 'short', { readTimeoutMs }) });
  const envoy = await startProxy(t, [sidecar]);
  const { result } = await disturbed(t, { lambda, envoy }, async () => {
    lambda.become({ hangs: true });
    await pause(Math.min(5_000, troubleMs));
    lambda.become({});
  });
  const failed = result.statuses[500] ?? 0;
  assert.deepEqual(result.errors, {});
  assert.equal(result.failures, failed);
  assert.ok(failed > 0);
  assert.equal(await failedInvocations(sidecar), failed);
  await settled(t, sidecar, lambda);
});

test('a Lambda that resets a tenth of the connections: the key where the function may have run', async (t) => {
  const lambda = await startLambda(t);
  const sidecar = await start({ test: t, config: policies(lambda) });
  const envoy = await startProxy(t, [sidecar]);
  const { result, counts } = await disturbed(t, { lambda, envoy }, async () => {
    lambda.become({ resetShare: 0.1 });
    await pause(troubleMs);
    lambda.become({});
  });
  // The request's bytes were sent, so nobody knows whether the function ran: it is not tried again.
  assert.ok(counts.resets > 0);
  assert.deepEqual(result.statuses, { 200: result.requests - counts.resets, 500: counts.resets });
  assert.deepEqual(result.errors, {});
  assert.equal(await failedInvocations(sidecar), counts.resets);
  await settled(t, sidecar, lambda);
});

test('a Lambda that refuses connections now and then: tried again, since the function cannot have run', async (t) => {
  const lambda = await startLambda(t);
  const sidecar = await start({ test: t, config: policies(lambda) });
  const envoy = await startProxy(t, [sidecar]);
  const { result, counts } = await disturbed(t, { lambda, envoy }, async () => {
    for (let i = 0; i * 500 < troubleMs; i++) {
      lambda.become({ refuses: true });
      await pause(20);
      lambda.become({});
      await pause(480);
    }
  });
  const again = sidecar.logs().filter(({ attempts }) => Number(attempts) > 1);
  const saved = again.filter(({ level }) => level === 'info').length;
  const failed = result.statuses[500] ?? 0;
  t.diagnostic(`${saved} were refused and succeeded later, ${failed} had no attempt left`);
  assert.ok(saved > 0);
  // All attempts may fall into one refusal, or the budget for retries be spent: then the key says so, and nothing ran.
  assert.ok(failed < saved, `${failed} failed, ${saved} did not`);
  assert.deepEqual(result.errors, {});
  assert.equal(counts.ran, result.requests - failed);
  assert.equal(await failedInvocations(sidecar), failed);
  await settled(t, sidecar, lambda);
});

test('STS that is down while role credentials live fails no request', async (t) => {
  const lambda = await startLambda(t);
  const aws = await startLocalAws();
  t.after(() => aws.stop());
  // The refresh is due after 0.6 to 0.67 of a session, and 0.9 of it are used: the outage ends in between.
  const duration = Math.max(9, seconds);
  const outageMs = duration * 1000 - 3_000;
  const sts = await startStsStub(aws.endpoint, Math.ceil(outageMs / 780));
  t.after(() => sts.stop());
  const keys = await aws.createUser('caller', allow('sts:AssumeRole'));
  const roleArn = await aws.createRole('invoke', aws.trust(['user/caller']));
  const config = policies(lambda, 'role', { ...keys, roleArn });
  const sidecar = await start({ test: t, config, env: { AWS_ENDPOINT_URL_STS: sts.endpoint } });
  const envoy = await startProxy(t, [sidecar]);
  assert.equal((await fetch(envoy.url, { headers: { 'x-load-id': 'first' } })).status, 200);
  sts.fault = 'unavailable';
  const before = sts.connections;
  let refused = 0;
  const { result } = await disturbed(
    t,
    { lambda, envoy },
    async () => {
      await pause(outageMs - QUIET_MS);
      refused = sts.connections - before;
      sts.fault = 'none';
    },
    duration,
  );
  t.diagnostic(`STS was down for ${outageMs / 1000} s, ${refused} calls of it were refused`);
  assert.ok(refused >= 1, 'the refresh was due in the outage');
  assert.deepEqual(result.statuses, { 200: result.requests });
  await settled(t, sidecar, lambda);
});
