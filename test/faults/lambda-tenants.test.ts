// What one tenant's endpoint, identity or function does changes nothing for the calls of others.
import assert from 'node:assert/strict';
import { after, before, beforeEach, suite, test } from 'node:test';
import { systemClock } from '../../src/lambda/credentials/clock.ts';
import { RefreshingProvider } from '../../src/lambda/credentials/refreshing-provider.ts';
import { type CredentialSource, createLambdaInvoker, type Invocation } from '../../src/lambda/index.ts';
import type { CredentialProvider } from '../../src/lambda/resolved-credentials.ts';
import { FaultStub } from '../support/fault-stub.ts';
import { accessKey, failureOf, invocation, secretKey, secrets } from '../support/invocation.ts';

const expired = { status: 403, headers: { 'x-amzn-errortype': 'ExpiredTokenException' }, body: '{"message":"no"}' };
const good = { kind: 'answer', answer: { status: 200, body: '{}' } } as const;
const transport = { connectionTimeoutMs: 2_000, readTimeoutMs: 5_000 };
const circuit = { ...transport, circuitBreaker: { failures: 2, openMs: 60_000 } };

suite('tenants', () => {
  let theirs: FaultStub;
  let ours: FaultStub;
  before(async () => {
    theirs = await FaultStub.start();
    ours = await FaultStub.start();
  });
  beforeEach(() => {
    theirs.forget();
    ours.forget();
  });
  after(async () => {
    await theirs.stop();
    await ours.stop();
  });

  const call = (stub: FaultStub, overrides: Partial<Invocation> = {}): Invocation =>
    invocation({ endpoint: stub.endpoint, credentials: {}, transport, ...overrides });

  /** The machine's session, whose source gives what `next` says. */
  function machine() {
    const source = { next: 'session-1', loads: 0 };
    const provider = new RefreshingProvider({
      source: 'the machine',
      identity: 'machine',
      clock: systemClock,
      onRefresh: () => {},
      async load() {
        source.loads++;
        if (source.next === 'away') throw new Error('away');
        return { accessKeyId: accessKey, secretAccessKey: secretKey, sessionToken: source.next, expiration: undefined };
      },
    });
    return { source, provider };
  }

  for (const [name, next] of [
    ['has no others', 'session-1'],
    ['is away', 'away'],
    ['has others', 'session-2'],
  ] as const) {
    test(`an endpoint that calls the session expired takes it from no other where the source ${name}`, async (context) => {
      const { source, provider } = machine();
      const invoker = createLambdaInvoker({ environment: {}, credentialsFor: () => provider });
      context.after(() => invoker.close());
      await invoker.invoke(call(ours));
      source.next = next;
      theirs.script('f', { kind: 'answer', answer: expired });
      for (let i = 0; i < 30; i++) {
        const again = { retry: { maxAttempts: 3, idempotent: false } };
        const [failure, served] = await Promise.all([
          failureOf(invoker, call(theirs, again)),
          invoker.invoke(call(ours, again)),
        ]);
        assert.equal(failure.errorType, 'ExpiredTokenException');
        assert.deepEqual([served.status, served.attempts], [200, 1]);
      }
      assert.ok(source.loads <= 4, `the source was asked ${source.loads} times`);
      assert.equal(ours.requests.length, 31);
    });
  }

  test('an endpoint that was right gets other credentials, and is asked once more', async (context) => {
    const { source, provider } = machine();
    const invoker = createLambdaInvoker({ environment: {}, credentialsFor: () => provider });
    context.after(() => invoker.close());
    await invoker.invoke(call(theirs));
    source.next = 'session-2';
    theirs.script('f', { kind: 'answer', answer: expired }, good);
    const result = await invoker.invoke(call(theirs, { retry: { maxAttempts: 3, idempotent: false } }));
    assert.equal(result.attempts, 2);
    const tokens = theirs.requests.map(({ headers }) => headers.get('x-amz-security-token'));
    assert.deepEqual(tokens, ['session-1', 'session-1', 'session-2']);
  });

  test('an endpoint whose clock is wrong teaches the time for itself alone, trusted in its own way', async (context) => {
    const [ahead, right] = [
      await FaultStub.start({ secrets, clockAheadMs: 3_600_000 }),
      await FaultStub.start({ secrets }),
    ];
    const credentials = { accessKeyId: accessKey, secretAccessKey: secretKey };
    const invoker = createLambdaInvoker({
      environment: {},
      credentialsFor: () => ({ identity: 'machine', account: undefined, get: () => credentials }),
    });
    context.after(async () => {
      await invoker.close();
      await ahead.stop();
      await right.stop();
    });
    const again = { retry: { maxAttempts: 2, idempotent: false } };
    assert.equal((await invoker.invoke(call(ahead, again))).attempts, 2, 'learned');
    assert.equal((await invoker.invoke(call(ahead, again))).attempts, 1, 'and remembered');
    assert.equal((await invoker.invoke(call(right, again))).attempts, 1);
    const ssl = { ...transport, ssl: Object.freeze({ trustAll: true }) };
    assert.equal((await invoker.invoke(call(ahead, { ...again, transport: ssl }))).attempts, 2, 'apart');
  });

  /** Sessions of roles without an STS. */
  const providers = new Map<string, CredentialProvider>();
  const roleOf = ({ role }: CredentialSource): CredentialProvider => {
    const identity = role?.roleArn ?? 'machine';
    let provider = providers.get(identity);
    if (provider === undefined) {
      const credentials = { accessKeyId: accessKey, secretAccessKey: secretKey, sessionToken: identity };
      provider = { identity, account: role?.roleArn.split(':')[4], get: () => credentials };
      providers.set(identity, provider);
    }
    return provider;
  };
  const asRole = (account: string): CredentialSource => ({
    role: { roleArn: `arn:aws:iam::${account}:role/r`, roleSessionName: 'gravitee' },
  });

  test('a function of one name in two accounts: the circuit and the limit of one are not the others', async (context) => {
    const invoker = createLambdaInvoker({ environment: {}, credentialsFor: roleOf });
    context.after(() => invoker.close());
    const [one, other] = [asRole('111111111111'), asRole('222222222222')];
    const limited = { ...circuit, maxConcurrency: 1 };
    ours.script('authorizer', { kind: 'error', type: 'ServiceException' });
    for (let i = 0; i < 3; i++) {
      await failureOf(invoker, call(ours, { functionName: 'authorizer', credentials: one, transport: limited }));
    }
    ours.script('authorizer', { kind: 'late', afterMs: 50, answer: { status: 200, body: '{}' } });
    const authorize = (credentials: CredentialSource) =>
      invoker.invoke(call(ours, { functionName: 'authorizer', credentials, transport: limited })).then(
        ({ status }) => status,
        ({ details }) => details,
      );
    const third = asRole('333333333333');
    assert.deepEqual(await Promise.all([one, other, third, third].map(authorize)), [
      'Service: Lambda, Circuit open',
      200,
      200,
      'Service: Lambda, Too many invocations',
    ]);
  });

  test('an account that the machine names first is not treated as its own', async (context) => {
    const invoker = createLambdaInvoker({ environment: {}, credentialsFor: roleOf });
    context.after(() => invoker.close());
    const stranger = asRole('999999999999');
    await invoker.invoke(call(ours, { functionName: '999999999999:function:tool', transport: circuit }));
    ours.script('authorizer', { kind: 'error', type: 'ServiceException' });
    for (let i = 0; i < 3; i++) {
      await failureOf(invoker, call(ours, { functionName: 'authorizer', credentials: stranger, transport: circuit }));
    }
    ours.script('authorizer', good);
    assert.equal((await invoker.invoke(call(ours, { functionName: 'authorizer', transport: circuit }))).status, 200);
  });

  test('an identity that is refused opens no circuit and closes none for others', async (context) => {
    const invoker = createLambdaInvoker({ environment: {}, credentialsFor: roleOf });
    context.after(() => invoker.close());
    const functionName = '111111111111:function:authorizer';
    const [one, other] = [asRole('111111111111'), asRole('222222222222')];
    const by = (credentials: CredentialSource) => call(ours, { functionName, credentials, transport: circuit });
    ours.script(functionName, {
      kind: 'answer',
      answer: { ...expired, headers: { 'x-amzn-errortype': 'AccessDeniedException' } },
    });
    for (let i = 0; i < 5; i++) assert.equal((await failureOf(invoker, by(other))).statusCode, 403);
    ours.script(functionName, { kind: 'error', type: 'ServiceException' });
    await failureOf(invoker, by(one));
    ours.script(functionName, {
      kind: 'answer',
      answer: { ...expired, headers: { 'x-amzn-errortype': 'AccessDeniedException' } },
    });
    await failureOf(invoker, by(other));
    ours.script(functionName, { kind: 'error', type: 'ServiceException' });
    await failureOf(invoker, by(one));
    assert.equal((await failureOf(invoker, by(one))).details, 'Service: Lambda, Circuit open');
  });

  test('who waits for credentials takes no room of the function, and fails no circuit', async (context) => {
    const waiting = Promise.withResolvers<never>();
    waiting.promise.catch(() => {});
    const invoker = createLambdaInvoker({
      environment: {},
      credentialsFor: (source) =>
        source.role === undefined
          ? { identity: 'hangs', account: '111111111111', get: () => waiting.promise }
          : roleOf(source),
    });
    context.after(() => invoker.close());
    const limited = { ...circuit, maxConcurrency: 1, apiCallTimeoutMs: 300 };
    const stuck = Array.from({ length: 3 }, () => failureOf(invoker, call(ours, { transport: limited })));
    const credentials = asRole('111111111111');
    assert.equal((await invoker.invoke(call(ours, { credentials, transport: limited }))).status, 200);
    for (const failure of await Promise.all(stuck)) {
      assert.deepEqual(
        [failure.kind, failure.mayHaveRun, failure.details],
        ['timeout', false, 'Service: Lambda, Credentials timeout'],
      );
    }
    assert.equal((await invoker.invoke(call(ours, { credentials, transport: limited }))).status, 200);
    waiting.reject(new Error('over'));
  });

  test('an inline policy opens no circuit of the document and spends none of its retries', async (context) => {
    const invoker = createLambdaInvoker({ environment: {}, credentialsFor: roleOf });
    context.after(() => invoker.close());
    const inline = { ...circuit, isolated: true };
    const retry = { maxAttempts: 2, idempotent: true };
    ours.script('f', { kind: 'error', type: 'ServiceException' });
    for (let i = 0; i < 3; i++) await failureOf(invoker, call(ours, { transport: inline, retry }));
    assert.equal(
      (await failureOf(invoker, call(ours, { transport: inline, retry }))).details,
      'Service: Lambda, Circuit open',
    );
    ours.script('f', good);
    assert.equal((await invoker.invoke(call(ours, { transport: circuit, retry }))).status, 200);
    assert.equal((await invoker.invoke(call(ours, { transport: { ...inline }, retry }))).status, 200, 'nor of another');
  });
});
