// The process's environment is what is tested: a file of its own, and so a process of its own.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, suite, test } from 'node:test';
import { createLambdaInvoker } from '../../src/lambda/index.ts';
import { failureOf, invocation } from '../support/invocation.ts';
import { allow, type LocalAws, startLocalAws } from '../support/ministack.ts';
import { type Proxy as HttpProxy, startProxy } from '../support/proxy.ts';

const owned = /^(?:AWS_.*|(?:https?|no)_proxy)$/i;

suite('a proxy is used in one way by every outgoing call', () => {
  let aws: LocalAws;
  let proxy: HttpProxy;
  let port: string;
  let role: string;
  let keys: { accessKey: string; secretKey: string };
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => owned.test(name)));
  const clear = (): void => {
    for (const name of Object.keys(process.env)) if (owned.test(name)) delete process.env[name];
  };

  before(async () => {
    aws = await startLocalAws();
    port = new URL(aws.endpoint).port;
    await aws.createUser('caller', {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' }],
    });
    keys = await aws.createKey('caller');
    role = await aws.createRole('invoke', aws.trust(['user/caller']), allow('lambda:InvokeFunction'));
    await aws.createFunction('count', { code: 'export const handler = async () => ({});' });
  });
  after(() => aws.stop());
  beforeEach(async () => {
    clear();
    proxy = await startProxy();
  });
  afterEach(async () => {
    await proxy.stop();
    clear();
    Object.assign(process.env, inherited);
  });

  /** Whom the proxy was asked for: STS (its path is /) and Lambda. */
  const ask = async (environment: Record<string, string>): Promise<string[]> => {
    Object.assign(process.env, environment, { AWS_ENDPOINT_URL_STS: `http://localhost:${port}` });
    const invoker = createLambdaInvoker({ random: () => 0 });
    const before = proxy.asked.length;
    try {
      const credentials = { ...keys, role: { roleArn: role, roleSessionName: 'gravitee' } };
      const endpoint = `http://localhost:${port}`;
      assert.equal((await invoker.invoke(invocation({ functionName: 'count', endpoint, credentials }))).status, 200);
      const asked = proxy.asked.slice(before).map((line) => (/\/functions\//.test(line) ? 'lambda' : 'sts'));
      return asked.sort();
    } finally {
      await invoker.close();
    }
  };
  const bare = (): string => proxy.url.replace('http://', '');

  test('with a scheme and without one, in lower and in upper case', async () => {
    for (const environment of [{ HTTP_PROXY: proxy.url }, { HTTP_PROXY: bare() }, { http_proxy: bare() }]) {
      clear();
      assert.deepEqual(await ask(environment), ['lambda', 'sts']);
    }
  });

  for (const noProxy of ['localhost', '*', '.localhost', '127.0.0.0/8,localhost:PORT', 'x, LOCALHOST.']) {
    test(`NO_PROXY=${noProxy} leaves out both`, async () => {
      assert.deepEqual(await ask({ HTTP_PROXY: bare(), NO_PROXY: noProxy.replace('PORT', port) }), []);
    });
  }

  test('one that cannot be used is never passed by: neither Lambda nor STS is asked', async () => {
    Object.assign(process.env, { HTTP_PROXY: 'socks5://user:secret@127.0.0.1:1', AWS_ENDPOINT_URL_STS: aws.endpoint });
    const logged: unknown[] = [];
    const logger = { error: (fields: unknown, text: string) => logged.push([fields, text]), info() {} };
    const invoker = createLambdaInvoker({ logger: logger as never });
    assert.match(JSON.stringify(logged), /the value of HTTP_PROXY is not a proxy/);
    const lambda = await failureOf(invoker, invocation({ endpoint: aws.endpoint, credentials: keys }));
    assert.equal(lambda.kind, 'configuration');
    assert.match(lambda.message, /the value of HTTP_PROXY is not a proxy/);
    assert.equal(lambda.details, 'Service: Lambda, Invalid connection settings');
    const chained = { ...keys, role: { roleArn: role, roleSessionName: 'gravitee' } };
    const { reason = '' } = await statusOf(invoker, chained);
    assert.match(reason, /the value of HTTP_PROXY is not a proxy/);
    assert.doesNotMatch(JSON.stringify([logged, lambda.message, reason]), /secret/);
    await invoker.close();
  });

  const statusOf = async (
    invoker: ReturnType<typeof createLambdaInvoker>,
    source: Parameters<typeof invoker.credentialStatus>[0],
  ) => {
    for (;;) {
      const status = invoker.credentialStatus(source, 'us-east-1');
      if (status.reason !== undefined || status.ok) return status;
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
});
