// The metadata services at their own addresses, and AWS's SDK with the same variables beside it. Needs root.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, suite, test } from 'node:test';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { createLambdaInvoker, type ProcessInvoker } from '../../src/lambda/index.ts';
import { FaultStub } from '../support/fault-stub.ts';
import { failureOf, invocation } from '../support/invocation.ts';
import { inNamespace, onLoopback } from '../support/network-namespace.ts';
import { sessionKeys, sessionXml } from '../support/sessions.ts';

const imds = '169.254.169.254';
const ecs = '169.254.170.2';
const pod = '169.254.170.23';
const owned = /^(?:AWS_|HOME$|LAMBDA_EXT_PROC_SECRET)/;
const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

interface World {
  /** Of everybody but this process. */
  behindMs: number;
  lifeMs: number;
  /** Instead of keys. */
  error: { status: number; body: string } | undefined;
}

if (inNamespace(import.meta.url, [imds, ecs, pod].map(onLoopback))) {
  suite('the metadata services, and the SDK beside', () => {
    const world: World = { behindMs: 0, lifeMs: 3_600_000, error: undefined };
    const secrets = new Map([
      ['ASIAEXAMPLE', 'secret'],
      [sessionKeys.accessKeyId, sessionKeys.secretAccessKey],
    ]);
    let servers: Server[] = [];
    let directory: string;
    let invoker: ProcessInvoker;
    const stubs: FaultStub[] = [];

    const keys = (): string =>
      JSON.stringify({
        Code: 'Success',
        Type: 'AWS-HMAC',
        AccessKeyId: 'ASIAEXAMPLE',
        SecretAccessKey: 'secret',
        Token: 'token',
        LastUpdated: new Date(Date.now() - world.behindMs).toISOString(),
        Expiration: new Date(Date.now() - world.behindMs + world.lifeMs).toISOString(),
      });
    const listen = async (address: string, answer: RequestListener): Promise<void> => {
      const server = createServer((request, response) => {
        request.resume();
        response.sendDate = false;
        response.setHeader('date', new Date(Date.now() - world.behindMs).toUTCString());
        if (world.error !== undefined) return response.writeHead(world.error.status).end(world.error.body);
        return answer(request, response);
      });
      servers.push(server);
      await new Promise<void>((resolve) => server.listen(80, address, resolve));
    };
    const close = async (): Promise<void> => {
      for (const server of servers) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
      servers = [];
    };
    const serveImds = () =>
      listen(imds, ({ method, url = '' }, response) => {
        if (method === 'PUT') response.end('imds-token');
        else response.end(url.endsWith('/my-role') ? keys() : 'my-role');
      });
    const sources = {
      'EC2 (IMDSv2)': { address: imds, environment: {}, serve: serveImds },
      ECS: {
        address: ecs,
        environment: { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/v2/credentials/task' },
        serve: () => listen(ecs, (_request, response) => void response.end(keys())),
      },
      'EKS Pod Identity': {
        address: pod,
        environment: { AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://${pod}/v1/credentials` },
        serve: () => listen(pod, (_request, response) => void response.end(keys())),
      },
    } as const;

    const lambda = async (): Promise<FaultStub> => {
      const stub = await FaultStub.start({ secrets, clockAheadMs: -world.behindMs });
      stubs.push(stub);
      return stub;
    };
    const own = (endpoint: string) =>
      invocation({ endpoint, credentials: {}, retry: { maxAttempts: 3, idempotent: false } });
    const bySdk = async (endpoint: string): Promise<number | string> => {
      const client = new LambdaClient({ region: 'us-east-1', endpoint });
      try {
        return (await client.send(new InvokeCommand({ FunctionName: 'f' }))).StatusCode ?? 0;
      } catch (error) {
        return error instanceof Error ? error.name : 'error';
      } finally {
        client.destroy();
      }
    };

    before(() => {
      directory = mkdtempSync(join(tmpdir(), 'link-local-'));
    });
    after(() => rmSync(directory, { recursive: true }));
    beforeEach(() => {
      for (const name of Object.keys(process.env)) if (owned.test(name)) delete process.env[name];
      Object.assign(process.env, { HOME: directory, AWS_REGION: 'us-east-1' });
      Object.assign(world, { behindMs: 0, lifeMs: 3_600_000, error: undefined });
      invoker = createLambdaInvoker({ random: () => 0 });
    });
    afterEach(async () => {
      await invoker.close();
      await close();
      for (const stub of stubs.splice(0)) await stub.stop();
    });

    for (const [name, source] of Object.entries(sources)) {
      for (const minutes of [0, 6, 90, -90, 24 * 60]) {
        test(`${name}, a clock ${minutes} minutes ahead: served, as by the SDK`, async () => {
          world.behindMs = minutes * 60_000;
          Object.assign(process.env, source.environment);
          await source.serve();
          const { endpoint } = await lambda();
          assert.equal(await bySdk(endpoint), 200, 'the oracle');
          assert.equal((await invoker.invoke(own(endpoint))).status, 200);
          const { pastExpiry, expiresAt = 0 } = invoker.credentialStatus({}, 'us-east-1');
          assert.equal(pastExpiry, false);
          assert.ok(Math.abs(expiresAt - Date.now() - 3_600_000) < 10_000, 'an hour by this clock');
        });
      }

      test(`${name}, the source is away when the credentials end: they serve on`, async () => {
        world.lifeMs = 4_000;
        Object.assign(process.env, source.environment);
        await source.serve();
        const { endpoint } = await lambda();
        assert.equal((await invoker.invoke(own(endpoint))).status, 200);
        await close();
        for (const end = Date.now() + 9_000; Date.now() < end; await pause(100)) {
          assert.equal((await invoker.invoke(own(endpoint))).status, 200);
        }
        const { ok, pastExpiry, reason = '' } = invoker.credentialStatus({}, 'us-east-1');
        assert.deepEqual([ok, pastExpiry], [true, true]);
        assert.match(reason, /expired at .* but are still used$/);
        world.lifeMs = 3_600_000;
        await source.serve();
        for (const end = Date.now() + 45_000; Date.now() < end; await pause(100)) {
          if (!invoker.credentialStatus({}, 'us-east-1').pastExpiry) break;
          await invoker.invoke(own(endpoint));
        }
        assert.equal(invoker.credentialStatus({}, 'us-east-1').reason, undefined);
      });

      for (const [status, body] of [
        [500, 'InternalServerException'],
        [503, 'Service Unavailable'],
        [400, '[7f]: (ExpiredTokenException): Token is expired, fault: client'],
        [404, '404 page not found\n'],
      ] as const) {
        test(`${name} answers ${status}: the reason has its address and its answer`, async () => {
          world.error = { status, body };
          Object.assign(process.env, source.environment);
          await source.serve();
          const { endpoint } = await lambda();
          const { message } = await failureOf(invoker, own(endpoint));
          // Of IMDS Node shows no body: the SDK closes the connection at the status.
          const said = source.address === imds ? `${status}` : `${status} ${body.split('\n')[0]}`;
          const told = message.split(`http://${source.address}`).slice(1);
          assert.ok(told.length > 0 && told.every((part) => part.replace(/^\S*: /, '').startsWith(said)), message);
          assert.doesNotMatch(message, /Could not load credentials|not a valid container/);
          assert.equal(invoker.credentialStatus({}, 'us-east-1').reason, message);
        });
      }
    }

    test('an agent that takes the request and says nothing is reported by its address', async () => {
      await listen(pod, () => {});
      Object.assign(process.env, sources['EKS Pod Identity'].environment);
      const { endpoint } = await lambda();
      const started = performance.now();
      const { message } = await failureOf(invoker, own(endpoint));
      assert.ok(performance.now() - started < 11_000);
      const told = /gave no credentials within 10 s: environment: .*; container: .*GET http:\/\/169\.254\.170\.23: no /;
      assert.match(message, told);
      assert.match(message, /container is still being asked$/);
    });

    test('a role of a profile on the credentials of the instance ends with its session, and does not outlive STS', async () => {
      let isAway = false;
      const expiration = Date.now() + 3_000;
      const sts = createServer((_request, response) => {
        if (isAway) return response.writeHead(503).end();
        return response.setHeader('content-type', 'text/xml').end(sessionXml('AssumeRole', expiration));
      });
      await new Promise<void>((resolve) => sts.listen(0, '127.0.0.1', resolve));
      const address = sts.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      const config = join(directory, 'role-config');
      writeFileSync(
        config,
        `[default]\nrole_arn = arn:aws:iam::111111111111:role/r\ncredential_source = Ec2InstanceMetadata\n`,
      );
      Object.assign(process.env, { AWS_CONFIG_FILE: config, AWS_ENDPOINT_URL_STS: `http://127.0.0.1:${port}` });
      await serveImds();
      const { endpoint } = await lambda();
      try {
        assert.equal((await invoker.invoke(own(endpoint))).status, 200);
        isAway = true;
        await pause(4_000);
        const failure = await failureOf(invoker, own(endpoint));
        assert.equal(failure.kind, 'credentials');
      } finally {
        sts.closeAllConnections();
        sts.close();
      }
    });
  });
}
