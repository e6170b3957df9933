// Endpoints far away, with several addresses, and time limits as they are measured. Needs root, /dev/net/tun and Python.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { after, afterEach, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createLambdaInvoker } from '../../src/lambda/index.ts';
import { createCertificate } from '../support/certificate.ts';
import { FaultStub } from '../support/fault-stub.ts';
import { accessKey, failureOf, invocation, secretKey } from '../support/invocation.ts';
import { inNamespace } from '../support/network-namespace.ts';
import { sessionXml } from '../support/sessions.ts';

const addresses = Array.from({ length: 8 }, (_, i) => `10.77.0.${10 + i}`);

if (inNamespace(import.meta.url, ['cp /etc/hosts /tmp/far-hosts.$$', 'mount --bind /tmp/far-hosts.$$ /etc/hosts'])) {
  // /etc/hosts is a copy here.
  const hosts = [
    ...addresses.map((address) => `${address} lambda.far.test sts.far.test`),
    '10.77.0.10 single.far.test',
    '10.77.0.200 half-dead.far.test',
    '10.77.0.10 half-dead.far.test',
    ...Array.from({ length: 8 }, (_, i) => `10.77.0.${200 + i} dead.far.test`),
  ];
  writeFileSync('/etc/hosts', `127.0.0.1 localhost\n${hosts.join('\n')}\n`);
  const certificate = createCertificate({ commonName: 'far', names: ['*.far.test'] });
  const ssl = Object.freeze({ trustStoreType: 'PEM', trustStoreContent: certificate.cert });

  suite('far away', () => {
    let network: ChildProcess | undefined;
    const far = async (roundTripMs: number): Promise<void> => {
      const script = fileURLToPath(new URL('../support/far-network.py', import.meta.url));
      const started = spawn('python3', [script, String(roundTripMs)], { stdio: ['ignore', 'pipe', 'inherit'] });
      network = started;
      await new Promise((resolve, reject) => {
        started.stdout.once('data', resolve);
        started.once('exit', () => reject(new Error('the far network did not start')));
      });
    };
    const leave = async (): Promise<void> => {
      const { promise, resolve } = Promise.withResolvers<void>();
      network?.once('exit', () => resolve());
      network?.kill();
      await promise;
    };
    afterEach(leave);
    const invoker = createLambdaInvoker({ environment: {}, random: () => 0 });
    after(() => invoker.close());

    for (const roundTrip of [200, 400, 600]) {
      for (const [host, most] of [
        ['lambda.far.test', 4.5],
        ['single.far.test', 4.5],
        ['half-dead.far.test', 4.5],
      ] as const) {
        test(`${host} at ${roundTrip} ms is served by the defaults, on every new connection`, async (context) => {
          await far(roundTrip);
          const stub = await FaultStub.start({ tls: certificate, address: '10.77.0.1' });
          context.after(() => stub.stop());
          const call = invocation({
            endpoint: `https://${host}:${stub.port}`,
            transport: { connectionTimeoutMs: 2_000, readTimeoutMs: 30_000, ssl },
          });
          for (let i = 0; i < 2; i++) {
            const started = performance.now();
            const { status, attempts } = await invoker.invoke(call);
            const took = performance.now() - started;
            context.diagnostic(`${Math.round(took)} ms`);
            assert.deepEqual([status, attempts], [200, 1]);
            // TCP, TLS and the request are a round trip each; a dead address may cost a quarter of a second.
            assert.ok(took < roundTrip * most + 400, `${took} ms`);
            stub.closeConnections();
            await new Promise((resolve) => setTimeout(resolve, 2 * roundTrip));
          }
        });
      }
    }

    test('a role of an STS at 400 ms with eight addresses is had by the first attempt', async (context) => {
      await far(400);
      let asked = 0;
      const sts = createServer((_request, response) => {
        asked++;
        response.setHeader('content-type', 'text/xml').end(sessionXml('AssumeRole', Date.now() + 3_600_000));
      });
      await new Promise<void>((resolve) => sts.listen(0, '10.77.0.1', resolve));
      const stub = await FaultStub.start();
      context.after(async () => {
        sts.closeAllConnections();
        sts.close();
        await stub.stop();
      });
      const address = sts.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      process.env.AWS_ENDPOINT_URL_STS = `http://sts.far.test:${port}`;
      const role = { roleArn: 'arn:aws:iam::111111111111:role/r', roleSessionName: 'gravitee' };
      const started = performance.now();
      const call = invocation({ endpoint: stub.endpoint, credentials: { accessKey, secretKey, role } });
      assert.equal((await invoker.invoke(call)).status, 200);
      context.diagnostic(`${Math.round(performance.now() - started)} ms`);
      assert.equal(asked, 1);
    });

    for (const limit of [50, 100, 500, 1_000, 2_000]) {
      test(`connectionTimeoutMs ${limit} ends an attempt at dead addresses on time`, async (context) => {
        await far(10);
        for (const [host, scheme] of [
          ['dead.far.test', 'https'],
          ['10.77.0.200', 'http'],
        ] as const) {
          const call = invocation({
            endpoint: `${scheme}://${host}:443`,
            transport: { connectionTimeoutMs: limit, readTimeoutMs: 30_000 },
          });
          const started = performance.now();
          const failure = await failureOf(invoker, call);
          const took = performance.now() - started;
          context.diagnostic(`${scheme}: ${took.toFixed(1)} ms`);
          assert.equal(failure.details, 'Service: Lambda, Connection timeout');
          assert.ok(took >= limit - 1 && took <= limit + Math.max(50, limit / 10), `${took} ms`);
        }
      });
    }
  });
}
