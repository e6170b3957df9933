// The process's environment is what is tested: a file of its own, and so a process of its own.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, suite, test } from 'node:test';
import { type CredentialSource, createLambdaInvoker, type ProcessInvoker } from '../../src/lambda/index.ts';
import { failureOf, invocation } from '../support/invocation.ts';
import { allow, type LocalAws, type StaticSession, startLocalAws } from '../support/ministack.ts';

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
const owned = /^(?:AWS_|HOME$)/;

suite("the machine's identity", () => {
  let aws: LocalAws;
  let keys: Required<Pick<CredentialSource, 'accessKey' | 'secretKey'>>;
  let session: Required<StaticSession>;
  let invoke: string;
  let invoker: ProcessInvoker;
  let directory: string;
  let metadata: Server | undefined;
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => owned.test(name)));

  const callOf = (credentials: CredentialSource = {}) =>
    invocation({
      functionName: 'count',
      endpoint: aws.endpoint,
      credentials,
      transport: { connectionTimeoutMs: 2000, readTimeoutMs: 15_000 },
      payload: Buffer.from('{}'),
    });
  const file = (name: string, text: string): string => {
    const path = join(directory, name);
    // As secrets are mounted: the whole file at once.
    writeFileSync(`${path}.new`, text);
    renameSync(`${path}.new`, path);
    return path;
  };
  const profile = (name: string, { accessKey, secretKey }: StaticSession): string =>
    `[${name}]\naws_access_key_id = ${accessKey}\naws_secret_access_key = ${secretKey}\n`;
  /** Keys as metadata services give them. */
  const served = (seconds: number) => ({
    Code: 'Success',
    Type: 'AWS-HMAC',
    AccessKeyId: session.accessKey,
    SecretAccessKey: session.secretKey,
    Token: session.sessionToken,
    Expiration: new Date(Date.now() + seconds * 1000).toISOString(),
  });
  const serve = async (answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> => {
    const server = createServer(answer);
    metadata = server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  };

  before(async () => {
    aws = await startLocalAws();
    await aws.createUser('machine', {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: ['lambda:InvokeFunction', 'sts:AssumeRole'], Resource: '*' }],
    });
    keys = await aws.createKey('machine');
    invoke = await aws.createRole('invoke', aws.trust(['user/machine']), allow('lambda:InvokeFunction'));
    await aws.createFunction('count', { code: 'export const handler = async () => ({});' });
    session = await aws.createSession(keys, invoke, 3600);
  });
  after(() => aws.stop());

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'chain-'));
    for (const name of Object.keys(process.env)) if (owned.test(name)) delete process.env[name];
    Object.assign(process.env, { HOME: directory, AWS_EC2_METADATA_DISABLED: 'true', AWS_REGION: 'us-east-1' });
    process.env.AWS_ENDPOINT_URL_STS = aws.endpoint;
    invoker = createLambdaInvoker({ environment: {}, random: () => 0 });
  });
  afterEach(async () => {
    await invoker.close();
    metadata?.closeAllConnections();
    metadata?.close();
    metadata = undefined;
    rmSync(directory, { recursive: true });
    for (const name of Object.keys(process.env)) if (owned.test(name)) delete process.env[name];
    Object.assign(process.env, inherited);
  });

  test('comes from the environment', async () => {
    process.env.AWS_ACCESS_KEY_ID = keys.accessKey;
    process.env.AWS_SECRET_ACCESS_KEY = keys.secretKey;
    assert.equal((await invoker.invoke(callOf())).status, 200);
  });

  test('comes from the environment with a session token', async () => {
    process.env.AWS_ACCESS_KEY_ID = session.accessKey;
    process.env.AWS_SECRET_ACCESS_KEY = session.secretKey;
    process.env.AWS_SESSION_TOKEN = session.sessionToken;
    assert.equal((await invoker.invoke(callOf())).status, 200);
  });

  test('is the base of a role', async () => {
    process.env.AWS_ACCESS_KEY_ID = keys.accessKey;
    process.env.AWS_SECRET_ACCESS_KEY = keys.secretKey;
    const source = { role: { roleArn: invoke, roleSessionName: 'gravitee' } };
    assert.equal((await invoker.invoke(callOf(source))).status, 200);
    assert.deepEqual(
      invoker.credentials().map(({ source: name, ok }) => [name, ok]),
      [
        ['the default chain', true],
        [`role ${invoke} of the default chain in us-east-1`, true],
      ],
    );
  });

  test('comes from the profile that AWS PROFILE names without a word on the console', async (context) => {
    const warn = context.mock.method(console, 'warn');
    process.env.AWS_SHARED_CREDENTIALS_FILE = file('credentials', profile('team', keys));
    process.env.AWS_PROFILE = 'team';
    // With these set too the SDK warns, once, in plain text.
    process.env.AWS_ACCESS_KEY_ID = 'other';
    process.env.AWS_SECRET_ACCESS_KEY = 'other';
    assert.equal((await invoker.invoke(callOf())).status, 200);
    assert.equal(warn.mock.callCount(), 0);
  });

  test('comes from a profile that assumes a role', async () => {
    process.env.AWS_SHARED_CREDENTIALS_FILE = file('credentials', profile('default', keys));
    process.env.AWS_CONFIG_FILE = file('config', `[profile team]\nrole_arn = ${invoke}\nsource_profile = default\n`);
    process.env.AWS_PROFILE = 'team';
    assert.equal((await invoker.invoke(callOf())).status, 200);
    assert.ok((invoker.credentials()[0]?.expiresAt ?? 0) > Date.now());
  });

  test('comes from a credential process', async () => {
    const { accessKey, secretKey, sessionToken } = session;
    const path = file(
      'keys.json',
      JSON.stringify({ Version: 1, AccessKeyId: accessKey, SecretAccessKey: secretKey, SessionToken: sessionToken }),
    );
    process.env.AWS_CONFIG_FILE = file('config', `[default]\ncredential_process = cat ${path}\n`);
    assert.equal((await invoker.invoke(callOf())).status, 200);
  });

  test('a credential process that fails is reported without its command', async () => {
    process.env.AWS_CONFIG_FILE = file(
      'config',
      '[default]\ncredential_process = sh -c "echo my-secret >&2; exit 3"\n',
    );
    const failure = await failureOf(invoker, callOf());
    assert.equal(failure.kind, 'credentials');
    assert.match(failure.message, /credential_process failed/);
    assert.doesNotMatch(failure.message, /my-secret|exit 3/);
  });

  test('a profile that is rotated is taken over while requests run and none fails', async () => {
    const old = await aws.createKey('machine');
    process.env.AWS_SHARED_CREDENTIALS_FILE = file('credentials', profile('default', old));
    assert.equal((await invoker.invoke(callOf())).status, 200);
    file('credentials', profile('default', keys));
    for (const end = Date.now() + 8_000; Date.now() < end; await pause(50)) {
      assert.equal((await invoker.invoke(callOf())).status, 200);
    }
    await aws.deleteKey('machine', old.accessKey);
    assert.equal((await invoker.invoke(callOf())).status, 200);
  });

  test('a role on a rotated profile asks STS again with the new keys when the old ones are deleted', async () => {
    const old = await aws.createKey('machine');
    process.env.AWS_SHARED_CREDENTIALS_FILE = file('credentials', profile('default', old));
    const source = { role: { roleArn: invoke, roleSessionName: 'gravitee', durationSeconds: 2 } };
    assert.equal((await invoker.invoke(callOf(source))).status, 200);
    file('credentials', profile('default', keys));
    await aws.deleteKey('machine', old.accessKey);
    for (const end = Date.now() + 4_000; Date.now() < end; await pause(50)) {
      assert.equal((await invoker.invoke(callOf(source))).status, 200);
    }
  });

  test('comes from a web identity token file read again for each session', async () => {
    const role = await aws.createRole('pod', {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Federated: 'arn:aws:iam::000000000000:oidc-provider/oidc.example.com' },
          Action: 'sts:AssumeRoleWithWebIdentity',
        },
      ],
    });
    process.env.AWS_WEB_IDENTITY_TOKEN_FILE = join(directory, 'token');
    process.env.AWS_ROLE_ARN = role;
    const failure = await failureOf(invoker, callOf());
    assert.equal(failure.kind, 'credentials');
    assert.match(failure.message, /ENOENT.*token/);
    assert.doesNotMatch(failure.details, /token/);
    file(
      'token',
      ['{"alg":"RS256"}', '{"iss":"https://oidc.example.com","sub":"pod","aud":"sts"}', 'x']
        .map((part) => Buffer.from(part).toString('base64url'))
        .join('.'),
    );
    await pause(300);
    assert.equal((await invoker.invoke(callOf())).status, 200);
    assert.ok((invoker.credentials()[0]?.expiresAt ?? 0) > Date.now());
  });

  test('comes from EKS Pod Identity whose token is read again each time', async () => {
    const tokens: unknown[] = [];
    const url = await serve(({ headers }, response) => {
      tokens.push(headers.authorization);
      response.end(JSON.stringify(served(3)));
    });
    process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI = `${url}/v1/credentials`;
    process.env.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE = file('token', 'first-token');
    assert.equal((await invoker.invoke(callOf())).status, 200);
    file('token', 'second-token');
    for (const end = Date.now() + 4_000; Date.now() < end; await pause(50)) {
      assert.equal((await invoker.invoke(callOf())).status, 200);
    }
    assert.equal(tokens[0], 'first-token');
    assert.equal(tokens.at(-1), 'second-token');
    assert.ok(tokens.length <= 6, `asked ${tokens.length} times in four seconds`);
  });

  test('comes from ECS whose agent has an address of its own', async (context) => {
    const paths: unknown[] = [];
    const agent = new URL(
      await serve(({ url, headers }, response) => {
        paths.push(`${headers.host} ${url}`);
        response.end(JSON.stringify(served(3600)));
      }),
    );
    // 169.254.170.2 is there in a task alone: what is connected to it ends at the server above.
    const connect = Socket.prototype.connect;
    context.mock.method(Socket.prototype, 'connect', function (this: Socket, ...args: Parameters<typeof connect>) {
      const [first]: unknown[] = Array.isArray(args[0]) ? args[0] : args;
      const isAgent = typeof first === 'object' && first !== null && 'host' in first && first.host === '169.254.170.2';
      if (isAgent) Object.assign(first, { host: agent.hostname, port: Number(agent.port) });
      return connect.apply(this, args);
    });
    process.env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI = '/v2/credentials/task-1';
    assert.equal((await invoker.invoke(callOf())).status, 200);
    assert.deepEqual(paths, ['169.254.170.2 /v2/credentials/task-1']);
  });

  test('comes from an EC2 instance by IMDSv2', async () => {
    const paths: string[] = [];
    const endpoint = await serve(({ method, url = '', headers }, response) => {
      paths.push(`${method} ${url}`);
      if (method === 'PUT') return response.setHeader('x-aws-ec2-metadata-token-ttl-seconds', '60').end('imds-token');
      if (headers['x-aws-ec2-metadata-token'] !== 'imds-token') return response.writeHead(401).end();
      return response.end(url.endsWith('/my-role') ? JSON.stringify(served(3600)) : 'my-role');
    });
    delete process.env.AWS_EC2_METADATA_DISABLED;
    process.env.AWS_EC2_METADATA_SERVICE_ENDPOINT = endpoint;
    assert.equal((await invoker.invoke(callOf())).status, 200);
    assert.equal(paths[0], 'PUT /latest/api/token');
  });

  test('comes from IAM Identity Center with the token that the CLI has left', async () => {
    const url = await serve((request, response) => {
      assert.equal(request.headers['x-amz-sso_bearer_token'], 'sso-token');
      const { accessKey, secretKey, sessionToken } = session;
      const expiration = Date.now() + 3_600_000;
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({
          roleCredentials: { accessKeyId: accessKey, secretAccessKey: secretKey, sessionToken, expiration },
        }),
      );
    });
    const start = 'https://example.awsapps.com/start';
    mkdirSync(join(directory, '.aws', 'sso', 'cache'), { recursive: true });
    const cached = createHash('sha1').update(start).digest('hex');
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    file(`.aws/sso/cache/${cached}.json`, JSON.stringify({ accessToken: 'sso-token', expiresAt }));
    file(
      '.aws/config',
      `[default]\nsso_start_url = ${start}\nsso_region = us-east-1\nsso_account_id = 1\nsso_role_name = r\n`,
    );
    process.env.AWS_ENDPOINT_URL_SSO = url;
    assert.equal((await invoker.invoke(callOf())).status, 200);
  });

  for (const status of [500, 503]) {
    test(`an instance metadata service that answers ${status} is reported with its address and its status`, async () => {
      const endpoint = await serve((_request, response) => response.writeHead(status).end('out of order'));
      delete process.env.AWS_EC2_METADATA_DISABLED;
      process.env.AWS_EC2_METADATA_SERVICE_ENDPOINT = endpoint;
      const { message } = await failureOf(invoker, callOf());
      assert.match(message, /environment: .*; profile: .*; web identity: .*; EC2 instance: /);
      const asked = [`PUT ${endpoint}/latest/api/token`, `GET ${endpoint}/latest/meta-data/iam/security-credentials/`];
      assert.ok(message.endsWith(`; EC2 instance: ${asked.map((one) => `${one}: ${status}`).join(', ')}`), message);
      assert.doesNotMatch(message, /Could not load credentials/);
      assert.equal(invoker.credentialStatus({}, 'us-east-1').reason, message);
    });
  }

  test('what a Pod Identity agent answers is reported once and without the token', async () => {
    const token = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJwb2QifQ.c2lnbmF0dXJl';
    const url = await serve(({ headers }, response) => {
      const said = `[1a2b]: (ExpiredTokenException): Token ${headers.authorization} is expired\nat line 2`;
      response.writeHead(400, { 'content-type': 'text/plain' }).end(said);
    });
    process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI = `${url}/v1/credentials?id=my-secret-id`;
    process.env.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE = file('token', token);
    const { message } = await failureOf(invoker, callOf());
    const told = `container: GET ${url}: 400 [1a2b]: (ExpiredTokenException): Token … is expired`;
    assert.ok(message.endsWith(told), message);
    assert.equal(message.split('ExpiredTokenException').length, 2, 'four tries, told once');
    assert.doesNotMatch(message, /eyJ|my-secret-id|line 2|not a valid container metadata service/);
  });

  test('an agent that is not there is reported with its address', async () => {
    process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI = 'http://127.0.0.1:1/v1/credentials';
    const { message } = await failureOf(invoker, callOf());
    assert.match(message, /container: .*GET http:\/\/127\.0\.0\.1:1: connect ECONNREFUSED/);
  });

  for (const [name, date] of [
    ['with the Date of its answer', true],
    ['without a Date', false],
  ] as const) {
    test(`a clock 90 minutes ahead of the container's does not take its credentials away, ${name}`, async () => {
      const ahead = 90 * 60_000;
      const url = await serve((_request, response) => {
        response.sendDate = false;
        if (date) response.setHeader('date', new Date(Date.now() - ahead).toUTCString());
        const Expiration = new Date(Date.now() - ahead + 3_600_000).toISOString();
        response.end(JSON.stringify({ ...served(0), Expiration }));
      });
      process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI = url;
      assert.equal((await invoker.invoke(callOf())).status, 200);
      const { ok, pastExpiry, expiresAt = 0 } = invoker.credentialStatus({}, 'us-east-1');
      assert.deepEqual([ok, pastExpiry], [true, !date]);
      if (date) assert.ok(Math.abs(expiresAt - Date.now() - 3_600_000) < 10_000, 'an hour by this clock');
    });
  }

  test('keys of a command that tells no expiry are read again at once when Lambda calls them expired', async () => {
    const expired = new Set<unknown>();
    const sent: unknown[] = [];
    const endpoint = await serve(({ headers }, response) => {
      const token = headers['x-amz-security-token'];
      sent.push(token);
      if (!expired.has(token)) return response.end('{}');
      return response.writeHead(403, { 'x-amzn-errortype': 'ExpiredTokenException' }).end('{"message":"no"}');
    });
    const keysOf = (token: string): string =>
      JSON.stringify({ Version: 1, AccessKeyId: 'a', SecretAccessKey: 's', SessionToken: token });
    const runs = join(directory, 'runs');
    const path = file('keys.json', keysOf('old'));
    const config = `[default]\ncredential_process = sh -c "echo run >> ${runs}; cat ${path}"\n`;
    process.env.AWS_CONFIG_FILE = file('config', config);
    const loads = (): number => readFileSync(runs, 'utf8').split('\n').length - 1;
    const call = { ...callOf(), endpoint, retry: { maxAttempts: 3, idempotent: false } };
    assert.equal((await invoker.invoke(call)).attempts, 1);
    file('keys.json', keysOf('new'));
    expired.add('old');
    const results = await Promise.all(Array.from({ length: 20 }, () => invoker.invoke(call)));
    assert.ok(results.every(({ status, attempts }) => status === 200 && attempts === 2));
    assert.equal(loads(), 2, 'one load for all twenty');
    // The source has no others: an error, and neither Lambda nor the command is asked in a loop.
    expired.add('new');
    sent.length = 0;
    for (let i = 0; i < 50; i++) await failureOf(invoker, call);
    assert.ok(loads() <= 5, `${loads()} runs of the command`);
    assert.ok(sent.length <= 3, `${sent.length} requests`);
  });

  test('a profile in a home that is written as a tilde is looked at where the SDK reads it', async () => {
    const old = await aws.createKey('machine');
    process.env.AWS_SHARED_CREDENTIALS_FILE = '~/my-credentials';
    file('my-credentials', profile('default', old));
    assert.equal((await invoker.invoke(callOf())).status, 200);
    file('my-credentials', profile('default', keys));
    const obtained = new Set<unknown>();
    for (const end = Date.now() + 8_000; Date.now() < end && obtained.size < 2; await pause(100)) {
      await invoker.invoke(callOf());
      obtained.add(invoker.credentials()[0]?.obtainedAt);
    }
    assert.equal(obtained.size, 2, 'read again within seconds');
    await aws.deleteKey('machine', old.accessKey);
    assert.equal((await invoker.invoke(callOf())).status, 200);
  });

  test('that is nowhere is an error which says where it was looked for', async () => {
    const failure = await failureOf(invoker, callOf());
    assert.equal(failure.kind, 'credentials');
    assert.equal(failure.details, 'Service: Lambda, No credentials');
    assert.equal(failure.mayHaveRun, false);
    assert.match(failure.message, /^no credentials from the default chain: /);
    for (const place of [/environment/i, /profile|shared credentials/i, /web identity/i, /EC2 Instance Metadata/]) {
      assert.match(failure.message, place);
    }
    assert.equal(invoker.credentialStatus({}, 'us-east-1').reason, failure.message);
  });
});
