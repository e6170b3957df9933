// Whom Node trusts, Lambda's and STS's connections trust (docs/reference/credentials.md, trust stores).
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createCertificate } from '../support/certificate.ts';
import { FaultStub } from '../support/fault-stub.ts';
import { sessionXml } from '../support/sessions.ts';

const execute = promisify(execFile);
const source = fileURLToPath(new URL('../../src/lambda/index.ts', import.meta.url));
const program = `
  import { createLambdaInvoker } from ${JSON.stringify(source)};
  const invoker = createLambdaInvoker();
  const role = { roleArn: 'arn:aws:iam::111111111111:role/r', roleSessionName: 'gravitee' };
  const call = { functionName: 'f', region: 'us-east-1', endpoint: process.env.STUB, invocationType: 'RequestResponse',
    logType: 'None', credentials: { accessKey: 'a', secretKey: 's', ...(process.env.ROLE ? { role } : {}) },
    transport: { connectionTimeoutMs: 2000, readTimeoutMs: 5000 }, retry: { maxAttempts: 1, idempotent: false } };
  console.log(await invoker.invoke(call).then(({ status }) => status, ({ message }) => message));
  await invoker.close();`;

suite('a private certificate authority', () => {
  let directory: string;
  let file: string;
  let stub: FaultStub;
  let sts: ReturnType<typeof createServer>;
  let stsUrl: string;

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'authorities-'));
    const issuer = createCertificate({ commonName: 'private authority', authority: true });
    const certificate = createCertificate({ commonName: 'local', names: ['127.0.0.1'], issuer });
    file = join(directory, 'ca.pem');
    writeFileSync(file, issuer.cert);
    stub = await FaultStub.start({ tls: certificate });
    sts = createServer({ cert: certificate.cert, key: certificate.key }, (_request, response) => {
      response.end(sessionXml('AssumeRole', Date.now() + 3_600_000));
    });
    await new Promise<void>((resolve) => sts.listen(0, '127.0.0.1', resolve));
    const address = sts.address();
    stsUrl = `https://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  });
  after(async () => {
    sts.closeAllConnections();
    sts.close();
    await stub.stop();
    rmSync(directory, { recursive: true });
  });

  const call = async (environment: Record<string, string>): Promise<string> => {
    const env = { HOME: directory, STUB: stub.endpoint, AWS_ENDPOINT_URL_STS: stsUrl, ...environment };
    const { stdout } = await execute(process.execPath, ['--input-type=module', '-e', program], { env });
    return stdout.trim();
  };

  test('is not trusted by itself', async () => {
    assert.match(await call({}), /^no usable connection: .*(certificate|issuer)/);
    assert.match(await call({ ROLE: '1' }), /^no credentials from role .*(certificate|issuer)/);
  });

  test('is trusted by NODE_EXTRA_CA_CERTS, for Lambda and for STS', async () => {
    assert.equal(await call({ NODE_EXTRA_CA_CERTS: file }), '200');
    assert.equal(await call({ NODE_EXTRA_CA_CERTS: file, ROLE: '1' }), '200');
  });

  test("is trusted where it is in the system's store and NODE_USE_SYSTEM_CA says that it counts", async () => {
    assert.match(await call({ SSL_CERT_FILE: file }), /^no usable connection/);
    assert.equal(await call({ SSL_CERT_FILE: file, NODE_USE_SYSTEM_CA: '1', ROLE: '1' }), '200');
  });
});
