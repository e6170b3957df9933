// A user that the system does not know and that has no HOME, as an arbitrary uid of a container. Needs root to become it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { FaultStub } from '../support/fault-stub.ts';
import { sessionXml } from '../support/sessions.ts';

const uid = 54_321;
const keys = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' };

/** What a process of that user answers, and how long its first call took. */
async function callAs(environment: Record<string, string>): Promise<{ said: string; errors: string; ms: number }> {
  const program = `
    import { homedir } from 'node:os';
    import { createLambdaInvoker } from ${JSON.stringify(fileURLToPath(new URL('../../src/lambda/index.ts', import.meta.url)))};
    process.on('unhandledRejection', (error) => console.error('unhandled', error));
    let home;
    try { home = homedir(); } catch {}
    const invoker = createLambdaInvoker();
    const call = { functionName: 'f', region: 'us-east-1', endpoint: process.env.STUB, invocationType: 'RequestResponse',
      logType: 'None', credentials: JSON.parse(process.env.SOURCE ?? '{}'),
      transport: { connectionTimeoutMs: 2000, readTimeoutMs: 5000 }, retry: { maxAttempts: 1, idempotent: false } };
    const started = performance.now();
    const said = await invoker.invoke(call).then(({ status }) => String(status), ({ message }) => message);
    console.log(JSON.stringify({ said, ms: performance.now() - started, home }));
    await invoker.close();`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    uid,
    gid: uid,
    cwd: '/',
    env: { AWS_EC2_METADATA_DISABLED: 'true', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (errors += chunk));
  await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  assert.notEqual(output, '', errors);
  const { said, ms, home } = JSON.parse(output) as { said: string; ms: number; home?: string };
  if (environment.HOME === undefined) assert.equal(home, undefined, 'the system knows a home of that user');
  return { said, errors, ms };
}

test('keys of the environment, of a container and of a role serve at once, and nothing rejects', async (context) => {
  assert.equal(process.getuid?.(), 0, 'needs root');
  const stub = await FaultStub.start();
  const expiration = new Date(Date.now() + 3_600_000).toISOString();
  const container = createServer((_request, response) => {
    const served = { AccessKeyId: 'a', SecretAccessKey: 's', Token: 't', Expiration: expiration };
    response.end(JSON.stringify(served));
  });
  const sts = createServer((_request, response) => {
    response.setHeader('content-type', 'text/xml').end(sessionXml('AssumeRole', Date.now() + 3_600_000));
  });
  const urls = await Promise.all(
    [container, sts].map(async (server) => {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const address = server.address();
      return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
    }),
  );
  context.after(async () => {
    for (const server of [container, sts]) {
      server.closeAllConnections();
      server.close();
    }
    await stub.stop();
  });
  const [containerUrl = '', stsUrl = ''] = urls;
  const role = { role: { roleArn: 'arn:aws:iam::111111111111:role/r', roleSessionName: 'gravitee' } };
  for (const environment of [
    keys,
    { ...keys, HOME: '' },
    { AWS_CONTAINER_CREDENTIALS_FULL_URI: containerUrl },
    { ...keys, SOURCE: JSON.stringify(role), AWS_ENDPOINT_URL_STS: stsUrl },
  ]) {
    const { said, errors, ms } = await callAs({ STUB: stub.endpoint, ...environment });
    assert.deepEqual([said, errors], ['200', '']);
    context.diagnostic(`${Math.round(ms)} ms`);
    assert.ok(ms < 3_000, `${ms} ms`);
  }
  const nothing = await callAs({ STUB: stub.endpoint });
  assert.match(nothing.said, /^no credentials from the default chain: environment: .*; web identity: /);
  assert.equal(nothing.errors, '');
});
