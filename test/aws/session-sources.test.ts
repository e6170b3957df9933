// Sessions of every service that gives them: the clock that their end counts by, and the proxy that they are asked by.
// The process's environment is what is tested: a file of its own, and so a process of its own.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, suite, test } from 'node:test';
import { type CredentialSource, createLambdaInvoker, type ProcessInvoker } from '../../src/lambda/index.ts';
import { FaultStub } from '../support/fault-stub.ts';
import { accessKey, failureOf, invocation, secretKey } from '../support/invocation.ts';
import { startProxy } from '../support/proxy.ts';
import { type Sessions, sessionKeys, startSessions } from '../support/sessions.ts';

const owned = /^(?:AWS_|HOME$|(?:https?|no)_proxy$)/i;
const secrets = new Map([[sessionKeys.accessKeyId, sessionKeys.secretAccessKey]]);
const role = 'arn:aws:iam::111111111111:role/r';
const start = 'https://example.awsapps.com/start';

suite('sessions', () => {
  let sessions: Sessions;
  let directory: string;
  let invoker: ProcessInvoker;
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => owned.test(name)));
  const clear = (): void => {
    for (const name of Object.keys(process.env)) if (owned.test(name)) delete process.env[name];
  };
  const file = (name: string, text: string): string => {
    const path = join(directory, name);
    writeFileSync(path, text);
    return path;
  };
  const keys = `aws_access_key_id = ${accessKey}\naws_secret_access_key = ${secretKey}`;

  /** Sets the machine up; gives the source of the policy. */
  const kinds: Readonly<Record<string, () => CredentialSource>> = {
    'a role of the policy': () => ({ accessKey, secretKey, role: { roleArn: role, roleSessionName: 'gravitee' } }),
    'web identity': () => {
      process.env.AWS_WEB_IDENTITY_TOKEN_FILE = file('token', 'a.b.c');
      process.env.AWS_ROLE_ARN = role;
      return {};
    },
    'web identity of a profile': () => {
      const token = file('token', 'a.b.c');
      process.env.AWS_CONFIG_FILE = file(
        'config',
        `[default]\nrole_arn = ${role}\nweb_identity_token_file = ${token}\n`,
      );
      return {};
    },
    'a role of a profile': () => {
      const profile = `[default]\nrole_arn = ${role}\nsource_profile = base\n\n[profile base]\n${keys}\n`;
      process.env.AWS_CONFIG_FILE = file('config', profile);
      return {};
    },
    'IAM Identity Center': () => {
      const cache = join(directory, '.aws', 'sso', 'cache');
      mkdirSync(cache, { recursive: true });
      const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
      const name = createHash('sha1').update(start).digest('hex');
      writeFileSync(join(cache, `${name}.json`), JSON.stringify({ accessToken: 'sso-token', expiresAt }));
      process.env.AWS_CONFIG_FILE = file(
        'config',
        `[default]\nsso_start_url = ${start}\nsso_region = us-east-1\nsso_account_id = 1\nsso_role_name = r\n`,
      );
      return {};
    },
  };

  before(async () => {
    sessions = await startSessions();
  });
  after(() => {
    sessions.stop();
    clear();
    Object.assign(process.env, inherited);
  });
  beforeEach(() => {
    clear();
    directory = mkdtempSync(join(tmpdir(), 'sessions-'));
    Object.assign(process.env, {
      HOME: directory,
      AWS_REGION: 'us-east-1',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_ENDPOINT_URL_STS: sessions.endpoint,
      AWS_ENDPOINT_URL_SSO: sessions.endpoint,
    });
    Object.assign(sessions, { behindMs: 0, answer: undefined });
    invoker = createLambdaInvoker({ environment: {}, random: () => 0 });
  });
  afterEach(async () => {
    await invoker.close();
    rmSync(directory, { recursive: true });
  });

  for (const [name, setUp] of Object.entries(kinds)) {
    for (const minutes of [90, -90]) {
      test(`${name}: a clock ${minutes} minutes ahead changes nothing`, async (context) => {
        sessions.behindMs = minutes * 60_000;
        const stub = await FaultStub.start({ secrets, clockAheadMs: -sessions.behindMs });
        context.after(() => stub.stop());
        const credentials = setUp();
        const retry = { maxAttempts: 3, idempotent: false };
        const { status } = await invoker.invoke(invocation({ endpoint: stub.endpoint, credentials, retry }));
        assert.equal(status, 200);
        const { ok, pastExpiry, expiresAt = 0 } = invoker.credentialStatus(credentials, 'us-east-1');
        assert.deepEqual([ok, pastExpiry], [true, false]);
        assert.ok(Math.abs(expiresAt - Date.now() - 3_600_000) < 10_000, 'an hour by this clock');
      });
    }

    test(`${name} is asked by the proxy of the environment, and directly where NO_PROXY says so`, async (context) => {
      const [stub, proxy] = await Promise.all([FaultStub.start(), startProxy()]);
      context.after(() => Promise.all([stub.stop(), proxy.stop()]));
      process.env.HTTP_PROXY = proxy.url.replace('http://', '');
      const credentials = setUp();
      const ask = async (): Promise<number> => {
        const before = proxy.asked.length;
        const fresh = createLambdaInvoker({ environment: {}, random: () => 0 });
        await fresh.invoke(invocation({ endpoint: stub.endpoint, credentials }));
        await fresh.close();
        return proxy.asked.length - before;
      };
      assert.equal(await ask(), 1);
      process.env.NO_PROXY = 'other.example, 127.0.0.0/8';
      assert.equal(await ask(), 0);
    });
  }

  for (const [name, variable] of [
    ['a role of the policy', 'AWS_ENDPOINT_URL_STS'],
    ['web identity', 'AWS_ENDPOINT_URL_STS'],
    ['IAM Identity Center', 'AWS_ENDPOINT_URL_SSO'],
  ] as const) {
    test(`${name}: a page of somebody else in place of the service's answer is reported with its status and words`, async () => {
      sessions.answer = { status: 503, body: '<html>\n<h1>No backend</h1>\n<p>is well</p></html>' };
      const credentials = kinds[name]?.() ?? {};
      const failure = await failureOf(invoker, invocation({ endpoint: 'http://127.0.0.1:1', credentials }));
      assert.ok(failure.message.includes(`${sessions.endpoint}: 503 No backend`), failure.message);
      assert.doesNotMatch(failure.message, /Unknown|parse error|sso-token|a\.b\.c/);
      assert.doesNotMatch(failure.details, /127\.0\.0\.1|backend/);
    });

    test(`${name}: a service that is not there is reported with its address`, async () => {
      process.env[variable] = 'http://127.0.0.1:1';
      const credentials = kinds[name]?.() ?? {};
      const { message } = await failureOf(invoker, invocation({ endpoint: 'http://127.0.0.1:1', credentials }));
      assert.match(message, /connect ECONNREFUSED 127\.0\.0\.1:1/);
    });
  }
});
