import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { pino } from 'pino';
import {
  type AssumedRole,
  type CredentialSource,
  createLambdaInvoker,
  type InvocationError,
  type InvocationResult,
  type ProcessInvoker,
} from '../../src/lambda/index.ts';
import { createTracing } from '../../src/tracing/sdk-tracing.ts';
import { readTracingSettings } from '../../src/tracing/settings.ts';
import { FaultStub } from '../support/fault-stub.ts';
import { failureOf, invocation } from '../support/invocation.ts';
import { allow, type LocalAws, startLocalAws } from '../support/ministack.ts';
import { startOtlpReceiver } from '../support/otlp-receiver.ts';
import { type StsFault, type StsStub, startStsStub } from '../support/sts-stub.ts';

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
/** What a caller must not see: accounts, ARNs, hosts, names of AWS's errors. */
const inside = /\d{12}|arn:|127\.0\.0\.1|AccessDenied|Token|Exception/;

suite('roles, against a local AWS that checks signatures and policies', () => {
  let aws: LocalAws;
  let sts: StsStub;
  let caller: CredentialSource;
  let invoker: ProcessInvoker;
  const fresh: ProcessInvoker[] = [];
  const roles = new Map<string, string>();

  const role = (name: string, overrides: Partial<AssumedRole> = {}): AssumedRole => {
    const roleArn = roles.get(name) ?? `arn:aws:iam::000000000000:role/${name}`;
    return { roleArn, roleSessionName: 'gravitee', ...overrides };
  };
  const callOf = (credentials: CredentialSource) =>
    invocation({
      functionName: 'count',
      endpoint: aws.endpoint,
      credentials,
      transport: { connectionTimeoutMs: 2000, readTimeoutMs: 15_000 },
      payload: Buffer.from('{}'),
    });
  const call = (source: CredentialSource): Promise<InvocationResult> => invoker.invoke(callOf(source));
  const refusal = (source: CredentialSource): Promise<InvocationError> => failureOf(invoker, callOf(source));
  /** One that remembers nothing. */
  const another = (): ProcessInvoker => {
    const made = createLambdaInvoker({ environment: {}, random: () => 0 });
    fresh.push(made);
    return made;
  };

  before(async () => {
    aws = await startLocalAws();
    sts = await startStsStub(aws.endpoint);
    process.env.AWS_ENDPOINT_URL_STS = sts.endpoint;
    caller = await aws.createUser('caller', allow('sts:AssumeRole'));
    await aws.createFunction('count', { code: 'export const handler = async () => ({});' });
    const create = async (name: string, trust: object, policy?: object): Promise<void> => {
      roles.set(name, await aws.createRole(name, trust, policy));
    };
    const byCaller = (condition?: object): object => aws.trust(['user/caller'], condition);
    await create('invoke', byCaller());
    await create('powerless', byCaller(), allow('sts:GetCallerIdentity'));
    await create('guarded', byCaller({ StringEquals: { 'sts:ExternalId': 'tenant-7' } }));
    await create('named', byCaller({ StringEquals: { 'sts:RoleSessionName': 'gravitee' } }));
    await create('hub', byCaller(), allow('sts:AssumeRole'));
    await create('spoke', aws.trust(['role/hub']), allow('sts:AssumeRole'));
    await create('leaf', aws.trust(['role/spoke']));
    invoker = another();
  });
  after(async () => {
    for (const one of fresh) await one.close();
    await sts.stop();
    await aws.stop();
  });

  test('STS is a span of the request that waits for the session, and a later one does not ask', async (t) => {
    const receiver = await startOtlpReceiver(t);
    const { settings } = readTracingSettings({
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint,
      OTEL_TRACES_SAMPLER: 'always_on',
    });
    assert.ok(settings);
    const observer = { spans() {}, traceLimited() {} };
    const logger = pino({ level: 'silent' });
    const tracing = createTracing(settings, { observer, logger, version: '0', worker: undefined });
    const traced = createLambdaInvoker({ environment: {}, random: () => 0, tracing });
    fresh.push(traced);
    const source = { ...caller, roleChain: [role('hub')], role: role('spoke') };
    for (const name of ['first', 'second']) {
      const span = tracing.begin(name, 'client', undefined);
      await traced.invoke({ ...callOf(source), span }).catch(() => {});
      span.end();
    }
    await tracing.close(5_000);
    const under = (name: string) => {
      const above = receiver.spans.find((span) => span.name === name);
      return receiver.spans.filter(({ parentSpanId }) => parentSpanId === above?.spanId);
    };
    const names = (name: string) =>
      under(name)
        .map((span) => span.name)
        .sort();
    assert.deepEqual(names('first'), ['POST', 'STS.AssumeRole', 'STS.AssumeRole', 'wait for credentials']);
    assert.deepEqual(names('second'), ['POST']);
    const sessions = under('first').filter((span) => span.name === 'STS.AssumeRole');
    assert.deepEqual(
      sessions.map(({ attributes }) => attributes['lambda_ext_proc.role']).sort(),
      ['hub', 'spoke'].map((name) => role(name).roleArn).sort(),
    );
    assert.ok(sessions.every(({ attributes }) => attributes['rpc.method'] === 'STS/AssumeRole'));
  });

  test('a role gives the rights that the keys have not', async () => {
    const failure = await refusal(caller);
    assert.equal(failure.kind, 'service');
    assert.equal(failure.statusCode, 403);
    assert.equal(failure.details, 'Service: Lambda, Status Code: 403');
    assert.equal((await call({ ...caller, role: role('invoke') })).status, 200);
  });

  const refused: readonly (readonly [string, () => CredentialSource, string])[] = [
    ['a role that is not there', () => ({ ...caller, role: role('nobody') }), 'AccessDenied'],
    ['a role that trusts someone else', () => ({ ...caller, role: role('spoke') }), 'AccessDenied'],
    ['an external id that is missing', () => ({ ...caller, role: role('guarded') }), 'AccessDenied'],
    [
      'an external id that is wrong',
      () => ({ ...caller, role: role('guarded', { externalId: 'tenant-8' }) }),
      'AccessDenied',
    ],
    [
      'a session name that the role does not allow',
      () => ({ ...caller, role: role('named', { roleSessionName: 'other' }) }),
      'AccessDenied',
    ],
    [
      'a chain that jumps over a role',
      () => ({ ...caller, roleChain: [role('hub')], role: role('leaf') }),
      'AccessDenied',
    ],
    ['a wrong secret', () => ({ ...caller, secretKey: 'wrong', role: role('invoke') }), 'SignatureDoesNotMatch'],
    [
      'an unknown key',
      () => ({ accessKey: 'AKIANOBODYNOBODY', secretKey: 'x', role: role('invoke') }),
      'InvalidClientTokenId',
    ],
  ];
  for (const [name, source, errorType] of refused) {
    test(`${name}: nothing is invoked, the log says why, and the caller only that STS refused`, async () => {
      const failure = await refusal(source());
      assert.equal(failure.kind, 'credentials', failure.message);
      assert.equal(failure.errorType, errorType);
      assert.equal(failure.statusCode, 403);
      assert.equal(failure.mayHaveRun, false);
      assert.equal(failure.details, 'Service: Sts, Status Code: 403');
      assert.doesNotMatch(failure.details, inside);
      assert.match(failure.message, /^no credentials from role arn:aws:iam::\d{12}:role\/\w+ .*static keys …/);
      assert.doesNotMatch(failure.message, /tenant-|wrong/);
    });
  }

  test('the right external id and session name are sent', async () => {
    const guarded = { ...caller, role: role('guarded', { externalId: 'tenant-7' }) };
    assert.equal((await call(guarded)).status, 200);
    assert.equal((await call({ ...caller, role: role('named') })).status, 200);
  });

  test('a chain of three roles ends with the rights of the last', async () => {
    const source = { ...caller, roleChain: [role('hub'), role('spoke')], role: role('leaf') };
    assert.equal((await call(source)).status, 200);
    const status = invoker.credentials().find(({ source }) => /role\/leaf .*role\/spoke/.test(source));
    assert.equal(status?.ok, true);
    assert.match(status?.source ?? '', /role\/leaf of role .*role\/spoke of role .*role\/hub of static keys …/);
  });

  test('a role without the permission is refused by Lambda and not by STS', async () => {
    const failure = await refusal({ ...caller, role: role('powerless') });
    assert.equal(failure.kind, 'service');
    assert.equal(failure.errorType, 'AccessDeniedException');
    assert.equal(failure.details, 'Service: Lambda, Status Code: 403');
  });

  test('a permission that is given later counts at once', async () => {
    const source = { ...caller, role: role('powerless') };
    await refusal(source);
    await aws.setRolePolicy('powerless', allow('lambda:InvokeFunction'));
    assert.equal((await call(source)).status, 200);
    await aws.setRolePolicy('powerless', allow('sts:GetCallerIdentity'));
  });

  test('keys with a session token serve until they expire and then the error is Lambdas', async () => {
    const session = await aws.createSession(caller, role('invoke').roleArn, 2);
    assert.equal((await call(session)).status, 200);
    assert.equal((await refusal({ ...session, sessionToken: 'x' })).statusCode, 403);
    assert.equal((await refusal({ ...session, sessionToken: undefined })).statusCode, 403);
    await pause(2_500);
    const failure = await refusal(session);
    assert.equal(failure.kind, 'service');
    assert.equal(failure.errorType, 'ExpiredTokenException');
    assert.equal(failure.mayHaveRun, false);
    assert.equal(failure.details, 'Service: Lambda, Status Code: 403');
  });

  test('a role of two second sessions serves for seven seconds without a failure on few calls of STS', async () => {
    const one = another();
    const source = { ...caller, role: role('invoke', { durationSeconds: 2 }) };
    const before = sts.connections;
    const end = Date.now() + 7_000;
    let calls = 0;
    for (; Date.now() < end; calls++) {
      assert.equal((await one.invoke(callOf(source))).attempts, 1, 'an expired token was not even sent');
      await pause(20);
    }
    const asked = sts.connections - before;
    assert.ok(asked >= 4 && asked <= 20, `STS was asked ${asked} times for ${calls} calls`);
    await one.close();
  });

  test('a session that Lambda calls expired before its time is replaced and only an Event is not made again', async () => {
    const stub = await FaultStub.start();
    const one = another();
    try {
      const expired = {
        status: 403,
        headers: { 'x-amzn-errortype': 'ExpiredTokenException' },
        body: '{"message":"no"}',
      };
      const source = Object.freeze({ ...caller, role: role('invoke', { roleSessionName: 'revoked' }) });
      const again = { endpoint: stub.endpoint, retry: { maxAttempts: 3, idempotent: false } };
      const tokens = (): unknown[] => stub.requests.map(({ headers }) => headers.get('x-amz-security-token'));
      stub.script(
        'count',
        { kind: 'answer', answer: expired },
        { kind: 'answer', answer: { status: 200, body: '{}' } },
      );
      assert.equal((await one.invoke({ ...callOf(source), ...again })).attempts, 2);
      assert.equal(new Set(tokens()).size, 2);
      stub.forget();
      stub.script('count', { kind: 'answer', answer: expired }, { kind: 'answer', answer: { status: 202 } });
      const event = { ...callOf(source), ...again, invocationType: 'Event' } as const;
      assert.equal((await failureOf(one, event)).errorType, 'ExpiredTokenException');
      assert.equal((await one.invoke(event)).status, 202);
      assert.equal(new Set(tokens()).size, 2, 'the next one has another token');
    } finally {
      await stub.stop();
    }
  });

  test('thirty first requests at once ask STS once', async () => {
    const one = another();
    const source = { ...caller, role: role('invoke', { roleSessionName: 'crowd' }) };
    const before = sts.connections;
    const results = await Promise.all(Array.from({ length: 30 }, () => one.invoke(callOf(structuredClone(source)))));
    assert.ok(results.every(({ status }) => status === 200));
    assert.equal(sts.connections - before, 1);
  });

  const faults: readonly (readonly [StsFault, RegExp, string])[] = [
    ['unavailable', /ServiceUnavailable/, 'Service: Sts, Status Code: 503'],
    ['throttled', /Throttling/, 'Service: Sts, Status Code: 400'],
    ['reset', /ECONNRESET|socket hang up/, 'Service: Lambda, No credentials'],
    ['nonsense', /no credentials from role/, 'Service: Lambda, No credentials'],
  ];
  for (const [fault, message, details] of faults) {
    test(`an STS that is ${fault} fails the call in time, and serves again as soon as it is well`, async () => {
      const one = another();
      const source = { ...caller, role: role('invoke', { roleSessionName: fault }) };
      sts.fault = fault;
      const failure = await failureOf(one, callOf(source));
      sts.fault = 'none';
      assert.equal(failure.kind, 'credentials', failure.message);
      assert.match(failure.message, message);
      assert.equal(failure.details, details);
      assert.equal(failure.mayHaveRun, false);
      assert.equal(one.credentialStatus(source, 'us-east-1').ok, false);
      assert.match(one.credentialStatus(source, 'us-east-1').reason ?? '', message);
      await pause(250);
      assert.equal((await one.invoke(callOf(source))).status, 200);
      assert.equal(one.credentialStatus(source, 'us-east-1').reason, undefined);
    });
  }

  test('an STS that hangs fails the callers after at most ten seconds or the time of the call', async () => {
    const one = another();
    const source = { ...caller, role: role('invoke', { roleSessionName: 'hanging' }) };
    sts.fault = 'hang';
    try {
      const started = performance.now();
      const [patient, hasty] = await Promise.all([
        failureOf(one, callOf(source)),
        failureOf(one, {
          ...callOf(source),
          transport: { connectionTimeoutMs: 0, readTimeoutMs: 0, apiCallTimeoutMs: 300 },
        }),
      ]);
      assert.equal(hasty.kind, 'timeout');
      assert.equal(hasty.mayHaveRun, false);
      assert.equal(patient.kind, 'credentials');
      assert.equal(patient.details, 'Service: Lambda, No credentials');
      assert.ok(performance.now() - started < 12_000);
    } finally {
      sts.fault = 'none';
    }
  });

  test('a role is asked for in the region of the call where no endpoint is named', async () => {
    const { AWS_ENDPOINT_URL_STS } = process.env;
    delete process.env.AWS_ENDPOINT_URL_STS;
    process.env.https_proxy = sts.endpoint;
    sts.fault = 'unavailable';
    try {
      // Nothing leaves the machine: the proxy, which the SDK alone would not look at, refuses.
      const failure = await failureOf(another(), {
        ...callOf({ ...caller, role: role('invoke') }),
        region: 'eu-north-1',
      });
      assert.equal(failure.kind, 'credentials');
      assert.match(failure.message, /in eu-north-1: /);
      assert.match(failure.message, /[Pp]roxy|tunnel/i);
    } finally {
      sts.fault = 'none';
      delete process.env.https_proxy;
      process.env.AWS_ENDPOINT_URL_STS = AWS_ENDPOINT_URL_STS;
    }
  });
});
