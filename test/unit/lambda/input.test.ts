import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { createLambdaInvoker, type Invocation } from '../../../src/lambda/index.ts';
import { FaultStub } from '../../support/fault-stub.ts';
import { failureOf, invocation, secrets } from '../../support/invocation.ts';

suite('what cannot be sent', () => {
  let stub: FaultStub;
  const invoker = createLambdaInvoker({ environment: {} });

  before(async () => {
    stub = await FaultStub.start({ secrets });
  });
  after(async () => {
    await invoker.close();
    await stub.stop();
  });

  const refused: readonly (readonly [field: string, value: string, Partial<Invocation>])[] = [
    ['region', 'us east', { region: 'us east' }],
    ['region', '', { region: '' }],
    ['region', 'evil.example/', { region: 'evil.example/', endpoint: undefined }],
    ['region', 'a.b', { region: 'a.b', endpoint: undefined }],
    ['function', '', { functionName: '' }],
    ['function', '..', { functionName: '..' }],
    ['function', '.', { functionName: '.' }],
    ['function', '  ', { functionName: '  ' }],
    ['function', '\ud800', { functionName: '\ud800' }],
    ['function', 'x'.repeat(200), { functionName: 'x'.repeat(3000) }],
    ['qualifier', '\udfff', { qualifier: '\udfff' }],
    ['endpoint', 'ftp://host', { endpoint: 'ftp://host' }],
    ['endpoint', 'http://', { endpoint: 'http://' }],
    ['endpoint', 'host:port', { endpoint: 'host:port' }],
    ['endpoint', 'host', { endpoint: 'https://user:secret@host' }],
    ['endpoint', 'host', { endpoint: 'https://host/?a=secret' }],
    ['tenantId', 'tenänt', { tenantId: 'tenänt' }],
    ['tenantId', 'a\r\nx-evil: 1', { tenantId: 'a\r\nx-evil: 1' }],
    ['tenantId', '', { tenantId: '' }],
    ['clientContext', 'x'.repeat(200), { clientContext: 'x'.repeat(3000) }],
  ];
  for (const [field, value, overrides] of refused) {
    test(`${field} ${JSON.stringify(value.slice(0, 30))} is a configuration error that names it in the log alone`, async () => {
      const failure = await failureOf(invoker, invocation({ endpoint: stub.endpoint, ...overrides }));
      assert.equal(failure.kind, 'configuration', failure.message);
      assert.equal(failure.attempts, 0);
      assert.equal(failure.mayHaveRun, false);
      assert.ok(failure.message.startsWith(field), failure.message);
      assert.ok(failure.message.includes(JSON.stringify(value).slice(1, -1)), failure.message);
      assert.equal(failure.details, `Service: Lambda, Invalid ${field}`);
      assert.doesNotMatch(failure.message, /secret/);
      assert.equal(stub.requests.length, 0);
    });
  }

  for (const [type, limit] of [
    ['RequestResponse', 6 * 1024 * 1024],
    ['DryRun', 6 * 1024 * 1024],
    ['Event', 1024 * 1024],
  ] as const) {
    test(`a payload for ${type} of more than ${limit} bytes is refused, one of ${limit} is sent`, async () => {
      stub.forget();
      const call = (bytes: number) =>
        invocation({ endpoint: stub.endpoint, invocationType: type, payload: Buffer.alloc(bytes, 'x') });
      const failure = await failureOf(invoker, call(limit + 1));
      assert.equal(failure.kind, 'payload-too-large');
      assert.equal(failure.attempts, 0);
      assert.equal(failure.details, 'Service: Lambda, Payload too large');
      assert.equal(stub.requests.length, 0);
      await invoker.invoke(call(limit));
      assert.equal(stub.requests[0]?.body.byteLength, limit);
    });
  }
});

suite('what is sent', () => {
  let stub: FaultStub;
  const invoker = createLambdaInvoker({ environment: {} });
  const sent = async (overrides: Partial<Invocation>) => {
    stub.forget();
    await invoker.invoke(invocation({ endpoint: stub.endpoint, ...overrides }));
    const [request] = stub.requests;
    assert.ok(request);
    return request;
  };

  before(async () => {
    stub = await FaultStub.start({ secrets });
  });
  after(async () => {
    await invoker.close();
    await stub.stop();
  });

  test('no payload and an empty one have no body and no content type', async () => {
    for (const payload of [undefined, new Uint8Array()]) {
      const { headers, body } = await sent({ payload });
      assert.equal(body.byteLength, 0);
      assert.equal(headers.has('content-type'), false);
    }
  });

  test('a view into a larger buffer is sent as the view', async () => {
    const whole = new TextEncoder().encode('before{"a":1}after');
    const { headers, body } = await sent({ payload: whole.subarray(6, 13) });
    assert.equal(body.toString(), '{"a":1}');
    assert.equal(headers.get('content-type'), 'application/json');
  });

  test('trace headers go along unsigned and dirty ones do not', async () => {
    const trace = { xAmznTraceId: 'Root=1-2-3', traceparent: '00-aa-bb-01', tracestate: 'a=b' };
    const { headers } = await sent({ trace });
    assert.equal(headers.get('x-amzn-trace-id'), 'Root=1-2-3');
    assert.equal(headers.get('traceparent'), '00-aa-bb-01');
    assert.equal(headers.get('tracestate'), 'a=b');
    assert.doesNotMatch(headers.get('authorization') ?? '', /trace/);
    const dirty = await sent({ trace: { xAmznTraceId: 'a\r\nx-evil: 1', traceparent: 'ü', tracestate: 'a=b' } });
    for (const name of ['x-amzn-trace-id', 'traceparent', 'tracestate', 'x-evil'])
      assert.equal(dirty.headers.has(name), false);
  });

  test('client context goes as base64 and the tenant as it is', async () => {
    const { headers } = await sent({ clientContext: '{"custom":{"ü":1}}', tenantId: 'tenant 1' });
    assert.equal(Buffer.from(headers.get('x-amz-client-context') ?? '', 'base64').toString(), '{"custom":{"ü":1}}');
    assert.equal(headers.get('x-amz-tenant-id'), 'tenant 1');
  });

  test('names that run together are kept apart', async () => {
    assert.equal(
      (await sent({ functionName: 'ab', qualifier: 'c' })).target,
      '/2015-03-31/functions/ab/invocations?Qualifier=c',
    );
    assert.equal(
      (await sent({ functionName: 'a', qualifier: 'bc' })).target,
      '/2015-03-31/functions/a/invocations?Qualifier=bc',
    );
    assert.equal((await sent({ functionName: 'abc' })).target, '/2015-03-31/functions/abc/invocations');
  });
});

suite('limits of a function', () => {
  test('calls over maxConcurrency are refused at once with other functions and later calls unharmed', async (context) => {
    const stub = await FaultStub.start({ secrets });
    const invoker = createLambdaInvoker({ environment: {} });
    context.after(async () => {
      await invoker.close();
      await stub.stop();
    });
    const transport = { connectionTimeoutMs: 2000, readTimeoutMs: 5000, maxConcurrency: 3 };
    const call = invocation({ endpoint: stub.endpoint, transport });
    stub.script('f', { kind: 'late', answer: { status: 200, body: '{}' }, afterMs: 100 });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, (_, i) => invoker.invoke({ ...call, qualifier: String(i % 2) })),
    );
    assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 3);
    assert.equal(stub.requests.length, 3);
    assert.equal((await invoker.invoke({ ...call, functionName: 'g' })).status, 200);
    assert.equal((await invoker.invoke(call)).status, 200);
  });

  test('an open circuit sends nothing until a trial succeeds', async (context) => {
    const stub = await FaultStub.start({ secrets });
    const opened: string[] = [];
    const invoker = createLambdaInvoker({ environment: {}, onCircuitOpened: (name) => opened.push(name) });
    context.after(async () => {
      await invoker.close();
      await stub.stop();
    });
    const transport = {
      connectionTimeoutMs: 2000,
      readTimeoutMs: 5000,
      circuitBreaker: { failures: 2, openMs: 1_000 },
    };
    const call = invocation({ endpoint: stub.endpoint, transport });
    stub.script('f', { kind: 'error', type: 'ServiceException' });
    for (let i = 0; i < 2; i++) assert.equal((await failureOf(invoker, call)).kind, 'service');
    const failure = await failureOf(invoker, call);
    assert.deepEqual(
      { kind: failure.kind, details: failure.details },
      { kind: 'refused', details: 'Service: Lambda, Circuit open' },
    );
    assert.equal(stub.requests.length, 2);
    assert.deepEqual([opened, [...invoker.circuits()]], [['f'], [{ function: 'f', state: 'open' }]]);
    stub.script('f', { kind: 'answer', answer: { status: 200, body: '{}' } });
    while ([...invoker.circuits()][0]?.state === 'open') await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual([...invoker.circuits()], [{ function: 'f', state: 'half_open' }]);
    assert.equal((await invoker.invoke(call)).status, 200);
    assert.equal((await invoker.invoke(call)).status, 200);
    assert.deepEqual([...invoker.circuits()], []);
  });
});
