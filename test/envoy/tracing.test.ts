// Traces of a sidecar process behind a real Envoy, as a receiver gets them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startEnvironment } from '../support/environment.ts';
import { FaultStub } from '../support/fault-stub.ts';
import { type ReceivedSpan, startOtlpReceiver } from '../support/otlp-receiver.ts';
import { SECRET_KEY, startTracedScene } from '../support/traced-scene.ts';
import { codeOf, tracingGuideTable } from '../support/tracing-guide.ts';

const STREAM = 'envoy.service.ext_proc.v3.ExternalProcessor/Process';
const SPAN = '00f067aa0ba902b7';

function isOurs({ resource }: ReceivedSpan): boolean {
  return resource['service.name'] === 'lambda-ext-proc';
}

function named(spans: readonly ReceivedSpan[], name: string): ReceivedSpan {
  const found = spans.filter((span) => span.name === name);
  assert.equal(found.length, 1, `spans called ${name} in ${spans.map((span) => span.name).join(', ')}`);
  return found[0] as ReceivedSpan;
}

/** docs/guides/tracing.md has the span and each of its attributes. */
function isTold({ name, kind, attributes }: ReceivedSpan): void {
  const row = tracingGuideTable('Span').find(([names]) =>
    codeOf(names).includes(name.replace(/^policy .*/, 'policy NAME')),
  );
  assert.ok(row, name);
  assert.equal(kind, `SPAN_KIND_${row[1]?.toUpperCase()}`);
  for (const attribute of Object.keys(attributes))
    assert.ok(codeOf(row[2]).includes(attribute), `${name}: ${attribute}`);
}

/** A trace id that ends with the number, and the header of a caller that is in it. */
function trace(number: number, flags = '01') {
  const id = String(number).padStart(32, '0');
  return { id, traceparent: `00-${id}-${SPAN}-${flags}` };
}

test("what a sidecar does is in the caller's trace", async (t) => {
  const scene = await startTracedScene(t);
  const { environment, receiver, callsOf } = scene;
  /** Our spans of a trace, when the stream's is there: it ends last. */
  const spansOf = async (id: string): Promise<readonly ReceivedSpan[]> => {
    await receiver.received(1, (span) => span.traceId === id && span.name === STREAM);
    return receiver.spans.filter((span) => span.traceId === id);
  };
  const call = (path: string, headers: Record<string, string>) =>
    environment.call(path, { method: 'POST', body: 'payload-of-the-caller', headers });

  await t.test('stream, policy, invocation and attempt are children of each other', async () => {
    const { id, traceparent } = trace(1);
    const { status } = await call('/plain?token=in-the-query', { traceparent, tracestate: 'congo=1' });
    assert.equal(status, 200);
    const spans = await spansOf(id);
    assert.equal(spans.length, 4);
    const stream = named(spans, STREAM);
    assert.deepEqual([stream.kind, stream.parentSpanId, stream.traceState], ['SPAN_KIND_SERVER', SPAN, 'congo=1']);
    assert.deepEqual(stream.attributes, {
      'rpc.system.name': 'grpc',
      'rpc.method': STREAM,
      'rpc.response.status_code': 'OK',
      'lambda_ext_proc.api': 'plain',
      'lambda_ext_proc.route': 'plain',
      'lambda_ext_proc.outcome': 'completed',
    });
    const policy = named(spans, 'policy call-plain');
    assert.deepEqual([policy.kind, policy.parentSpanId], ['SPAN_KIND_INTERNAL', stream.spanId]);
    assert.deepEqual(policy.attributes, {
      'lambda_ext_proc.api': 'plain',
      'lambda_ext_proc.policy': 'call-plain',
      'lambda_ext_proc.phase': 'request',
    });
    const invocation = named(spans, 'Lambda.Invoke');
    assert.deepEqual([invocation.kind, invocation.parentSpanId], ['SPAN_KIND_CLIENT', policy.spanId]);
    assert.deepEqual(invocation.attributes, {
      'rpc.system.name': 'aws-api',
      'rpc.method': 'Lambda/Invoke',
      'faas.invoked_provider': 'aws',
      'faas.invoked_name': 'plain',
      'faas.invoked_region': 'us-east-1',
      'http.response.status_code': 200,
      'aws.request_id': 'request-plain-0',
      'lambda_ext_proc.attempts': 1,
    });
    const attempt = named(spans, 'POST');
    assert.deepEqual([attempt.kind, attempt.parentSpanId], ['SPAN_KIND_CLIENT', invocation.spanId]);
    const { 'server.port': port, ...attributes } = attempt.attributes;
    assert.ok(Number.isInteger(port));
    assert.deepEqual(attributes, {
      'http.request.method': 'POST',
      'server.address': '127.0.0.1',
      'http.response.status_code': 200,
    });
    for (const span of spans) {
      assert.ok(span.startNs >= stream.startNs && span.endNs <= stream.endNs && span.status === undefined);
    }
    const headers = callsOf('plain')[0]?.headers;
    assert.deepEqual(
      [headers?.traceparent, headers?.tracestate, headers?.['x-amzn-trace-id']],
      [
        `00-${id}-${attempt.spanId}-01`,
        'congo=1',
        `Root=1-${id.slice(0, 8)}-${id.slice(8)};Parent=${attempt.spanId};Sampled=1`,
      ],
    );
    // The backend gets what the caller sent.
    const ofBackend = new Map(environment.backend.requests.at(-1)?.headers);
    assert.equal(ofBackend.get('traceparent'), traceparent);
  });

  await t.test('each attempt is a span, and the function gets the one that called it', async () => {
    const { id, traceparent } = trace(2);
    assert.equal((await call('/throttled', { traceparent })).status, 200);
    const spans = await spansOf(id);
    const [first, second] = spans.filter(({ name }) => name === 'POST').sort((a, b) => Number(a.startNs - b.startNs));
    assert.ok(first && second);
    assert.deepEqual(
      [first.status, first.attributes['error.type'], first.attributes['http.response.status_code']],
      ['error', 'TooManyRequestsException', 429],
    );
    assert.deepEqual([second.status, second.attributes['http.request.resend_count']], [undefined, 1]);
    assert.equal(named(spans, 'Lambda.Invoke').attributes['lambda_ext_proc.attempts'], 2);
    assert.deepEqual(
      callsOf('throttled').map(({ headers }) => headers.traceparent),
      [first, second].map(({ spanId }) => `00-${id}-${spanId}-01`),
    );
  });

  await t.test('what fails says why in each span up to the answer', async () => {
    const { id, traceparent } = trace(3);
    const { status } = await call('/denied', { traceparent });
    assert.equal(status, 500);
    const spans = await spansOf(id);
    const types = Object.fromEntries(spans.map(({ name, attributes }) => [name, attributes['error.type']]));
    const key = 'AWS_LAMBDA_INVALID_RESPONSE';
    assert.deepEqual(types, {
      POST: 'AccessDeniedException',
      'Lambda.Invoke': 'denied',
      'policy call-denied': key,
      [STREAM]: key,
    });
    assert.ok(spans.every((span) => span.status === 'error'));
    assert.equal(named(spans, STREAM).attributes['http.response.status_code'], 500);
  });

  await t.test('a failure that policies continue after is not one of the stream', async () => {
    const { id, traceparent } = trace(4);
    assert.equal((await call('/fails', { traceparent })).status, 200);
    const spans = await spansOf(id);
    assert.deepEqual(
      [named(spans, 'Lambda.Invoke').status, named(spans, 'policy goes-on').status, named(spans, STREAM).status],
      ['error', undefined, undefined],
    );
    assert.equal(named(spans, 'policy goes-on').attributes['error.type'], 'AWS_LAMBDA_INVALID_RESPONSE');
  });

  await t.test('a policy that is skipped says so', async () => {
    const { id, traceparent } = trace(5);
    await call('/skips', { traceparent });
    const spans = await spansOf(id);
    assert.equal(named(spans, 'policy call-skips').attributes['lambda_ext_proc.skipped'], true);
    assert.equal(spans.length, 2);
  });

  await t.test('an answer has its status, and response policies are spans too', async () => {
    const { id, traceparent } = trace(6);
    assert.equal((await call('/answers', { traceparent })).status, 200);
    const spans = await spansOf(id);
    assert.equal(named(spans, 'policy after').attributes['lambda_ext_proc.phase'], 'response');
    assert.deepEqual(
      ['http.response.status_code', 'lambda_ext_proc.outcome'].map((key) => named(spans, STREAM).attributes[key]),
      [200, 'immediate'],
    );
  });

  await t.test('a caller that is not sampled is not recorded, and its trace continues', async () => {
    const { id, traceparent } = trace(7, '00');
    await call('/plain', { traceparent, tracestate: 'congo=7' });
    const headers = callsOf('plain').at(-1)?.headers;
    assert.match(String(headers?.traceparent), new RegExp(`^00-${id}-[0-9a-f]{16}-00$`));
    assert.doesNotMatch(String(headers?.traceparent), new RegExp(SPAN));
    assert.equal(headers?.tracestate, 'congo=7');
    assert.match(String(headers?.['x-amzn-trace-id']), /;Sampled=0$/);
    assert.deepEqual(
      receiver.spans.filter((span) => span.traceId === id),
      [],
    );
  });

  await t.test('hostile headers begin a trace of its own, and change nothing else', async () => {
    const before = receiver.spans.length;
    const hostile = ['00-0-0-01', `${trace(8).traceparent}-x`, 'x'.repeat(8_000), '\u00ff\u00fe', ',,,'];
    for (const traceparent of hostile) {
      const { status } = await call('/plain', {
        traceparent,
        tracestate: 'a=b,a=b',
        'x-amzn-trace-id': 'Root=1-;;==;',
      });
      assert.equal(status, 200);
      assert.match(String(callsOf('plain').at(-1)?.headers.traceparent), /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
      assert.equal(callsOf('plain').at(-1)?.headers.tracestate, undefined);
    }
    const roots = await receiver
      .received(before + 4 * hostile.length)
      .then((spans) => spans.slice(before).filter(({ name }) => name === STREAM));
    assert.equal(new Set(roots.map(({ traceId }) => traceId)).size, hostile.length);
    assert.ok(roots.every(({ parentSpanId }) => parentSpanId === ''));
  });

  await t.test('log lines of invocations name the trace', async () => {
    const { id, traceparent } = trace(9);
    await call('/plain', { traceparent });
    await environment.sidecar.log((line) => line.msg === 'invocation' && line.traceId === id);
  });

  await t.test('private variables are in no span', async () => {
    const { id, traceparent } = trace(10);
    await call('/private', { traceparent, 'x-tenant': 'tenant-of-the-caller' });
    const spans = await spansOf(id);
    assert.deepEqual(
      spans
        .filter(({ name }) => name === 'Lambda.Invoke')
        .map(({ attributes }) => attributes['faas.invoked_name'])
        .sort(),
      ['of-…', 'plain'],
    );
  });

  await t.test(
    'SIGTERM sends what is left, and nothing that was sent holds a secret, a payload or a query',
    async () => {
      const { id, traceparent } = trace(11);
      await call('/plain?token=in-the-query', { traceparent, authorization: 'Bearer of-the-caller' });
      assert.equal(await environment.sidecar.stop(), 0);
      assert.equal(receiver.spans.filter((span) => span.traceId === id).length, 4);
      assert.ok(receiver.spans.every(isOurs));
      for (const span of receiver.spans) isTold(span);
      const sent = receiver.bytes().toString('latin1');
      for (const secret of [SECRET_KEY, 'AKIDEXAMPLE', 'in-the-query', 'payload-of', 'of-the-caller', 'AWS4-HMAC']) {
        assert.ok(!sent.includes(secret), secret);
      }
    },
  );
});

test("where Envoy traces, the sidecar's spans are children of its call, in each worker", async (t) => {
  const env = { OTEL_BSP_SCHEDULE_DELAY: '60000', OTEL_SERVICE_NAME: 'lambda-ext-proc' };
  const { environment, receiver } = await startTracedScene(t, { envoyTraces: true, workers: 2, env });
  const { id, traceparent } = trace(1);
  // The caller's is Envoy's parent.
  for (let i = 0; i < 8; i++)
    assert.equal((await environment.call('/plain', { headers: { traceparent } })).status, 200);
  assert.equal((await environment.call('/plain')).status, 200);
  const ofEnvoy = await receiver.received(18, (span) => !isOurs(span));
  assert.equal(await environment.sidecar.stop(), 0);
  const streams = receiver.spans.filter((span) => isOurs(span) && span.name === STREAM);
  assert.equal(streams.length, 9);
  for (const stream of streams) {
    const parent = ofEnvoy.find(({ spanId }) => spanId === stream.parentSpanId);
    assert.ok(parent, 'the parent is a span of Envoy');
    assert.deepEqual([parent.kind, parent.traceId], ['SPAN_KIND_CLIENT', stream.traceId]);
    assert.match(parent.name, /ExternalProcessor\.Process/);
  }
  assert.deepEqual(
    [streams.filter((span) => span.traceId === id).length, new Set(streams.map(({ traceId }) => traceId)).size],
    [8, 2],
  );
  assert.equal(new Set(streams.map(({ resource }) => resource['service.instance.id'])).size, 2);
});

test('workers whose drain takes all its time and whose receiver never answers end by themselves', async (t) => {
  const lambda = await FaultStub.start();
  t.after(() => lambda.stop());
  lambda.script('silent', { kind: 'hang', after: 'nothing' });
  const receiver = await startOtlpReceiver(t, { answer: () => {} });
  const keys = { region: 'eu-west-1', endpoint: lambda.endpoint, accessKey: 'AKIDEXAMPLE', secretKey: SECRET_KEY };
  const environment = await startEnvironment(
    {
      policies: {
        version: 1,
        defaults: keys,
        apis: { silent: { request: [{ configuration: { function: 'silent' } }] } },
      },
      apis: ['silent'],
      workers: 2,
      built: true,
      args: ['--drain-timeout', '1'],
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint },
    },
    t,
  );
  t.after(() => environment.stop());
  const calls = [1, 2, 3, 4].map(() => environment.call('/silent').catch(() => {}));
  while (lambda.requests.length < calls.length) await new Promise((resolve) => setTimeout(resolve, 10));
  environment.sidecar.signal('SIGTERM');
  assert.equal(await environment.sidecar.exited, 0);
  const messages = environment.sidecar.logs().map(({ msg }) => msg);
  assert.ok(messages.includes('streams were still open at the end of the drain'));
  assert.ok(!messages.includes('worker does not end; it is killed'));
  await Promise.all(calls);
});
