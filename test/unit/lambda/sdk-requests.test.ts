import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { InvokeCommand, InvokeWithResponseStreamCommand, LambdaClient } from '@aws-sdk/client-lambda';
import fc from 'fast-check';
import { Dispatcher } from 'undici';
import { Call } from '../../../src/lambda/call.ts';
import { FunctionGuard } from '../../../src/lambda/guard/function-guard.ts';
import type { Invocation } from '../../../src/lambda/index.ts';
import { ClockSkew } from '../../../src/lambda/request/clock-skew.ts';
import { Destinations } from '../../../src/lambda/request/destinations.ts';
import { EndpointResolver } from '../../../src/lambda/request/endpoint.ts';
import { prepare } from '../../../src/lambda/request/prepared.ts';
import { RefusedCredentials } from '../../../src/lambda/request/refused-credentials.ts';
import { Signer } from '../../../src/lambda/request/signer.ts';
import { takeResult } from '../../../src/lambda/result/take-result.ts';
import { signatureError } from '../../support/sigv4-check.ts';

/** `npm run test:long` asks for 12,000. */
const RUNS = Number(process.env.SDK_RUNS ?? 3_000);
const userAgent = 'lambda-ext-proc';
const transport = { connectionTimeoutMs: 2000, readTimeoutMs: 30_000 };

/** What the SDK hands to a request handler. */
interface HttpRequest {
  readonly protocol: string;
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
}

interface Sent {
  readonly origin: string;
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

const letters = (min: number, max: number) =>
  fc.string({ unit: fc.constantFrom(...'abcXYZ019-_'), minLength: min, maxLength: max });
const region = fc.constantFrom(
  'us-east-1',
  'eu-central-1',
  'cn-north-1',
  'us-gov-west-1',
  'us-iso-east-1',
  'eu-isoe-west-1',
  'xx-nowhere-9',
);
const functionName = fc.oneof(
  fc.record({ cls: fc.constant('name'), name: letters(1, 40) }),
  fc.record({ cls: fc.constant('name:alias'), name: fc.tuple(letters(1, 20), letters(1, 9)).map((p) => p.join(':')) }),
  fc.record({ cls: fc.constant('name:$LATEST'), name: letters(1, 20).map((n) => `${n}:$LATEST`) }),
  fc.record({ cls: fc.constant('partial ARN'), name: letters(1, 20).map((n) => `123456789012:function:${n}`) }),
  fc.record({
    cls: fc.constant('ARN'),
    name: fc.tuple(region, letters(1, 20)).map(([r, n]) => `arn:aws:lambda:${r}:123456789012:function:${n}:7`),
  }),
  fc.record({ cls: fc.constant('unicode'), name: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }) }),
  fc.record({ cls: fc.constant('binary'), name: fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }) }),
  fc.record({
    cls: fc.constant('punctuation'),
    name: fc.string({ unit: fc.constantFrom(...'./%?#&=+ !\'()*~:@,;$"<>\\^`{|}[]'), minLength: 1, maxLength: 12 }),
  }),
);
const endpoint = fc.option(
  fc.constantFrom(
    'http://127.0.0.1:4566',
    'https://vpce-0a1b2c.lambda.eu-west-1.vpce.amazonaws.com',
    'https://lambda.internal:443',
    'http://[::1]:8080/',
    'https://host.example/pre/fix',
    'https://host.example/pre/fix/',
    'https://host.example/a%20b/%7e/ü/(x)//y',
  ),
  { nil: undefined },
);
const visible = fc.string({
  unit: fc.integer({ min: 0x21, max: 0x7e }).map((c) => String.fromCharCode(c)),
  minLength: 1,
  maxLength: 40,
});
const input = fc.record({
  operation: fc.constantFrom('invoke', 'stream'),
  functionName: functionName.filter(({ name }) => name.trim() !== '' && name !== '.' && name !== '..'),
  qualifier: fc.option(fc.oneof(letters(1, 9), fc.constant('$LATEST'), fc.string({ unit: 'grapheme', minLength: 1 })), {
    nil: undefined,
  }),
  region,
  endpoint,
  payload: fc.option(
    fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 300 }),
      fc.json().map((text) => new TextEncoder().encode(text)),
    ),
    {
      nil: undefined,
    },
  ),
  invocationType: fc.constantFrom('RequestResponse', 'Event', 'DryRun'),
  logType: fc.constantFrom('None', 'Tail'),
  clientContext: fc.option(fc.json({ maxDepth: 2 }), { nil: undefined }),
  tenantId: fc.option(
    fc.tuple(visible, fc.nat(3), visible).map(([a, n, b]) => a + ' '.repeat(n) + b),
    { nil: undefined },
  ),
  accessKey: letters(16, 20),
  secretKey: visible,
  sessionToken: fc.option(visible, { nil: undefined }),
  time: fc.integer({ min: 946_684_800_000, max: 4_102_444_800_000 }),
});
type Input = typeof input extends fc.Arbitrary<infer T> ? T : never;

test(`each request is the SDK's own, byte for byte and signature, over ${RUNS} random inputs`, async (context) => {
  const classes = new Map<string, number>();
  const count = (name: string): void => void classes.set(name, (classes.get(name) ?? 0) + 1);
  const destinations = new Destinations(new EndpointResolver({}));
  const signer = new Signer();
  const seed = Number(process.env.DIFFERENTIAL_SEED ?? Date.now() % 2 ** 31);
  context.diagnostic(`seed ${seed}`);
  mock.timers.enable({ apis: ['Date'], now: 0 });
  try {
    await fc.assert(
      fc.asyncProperty(input, async (values) => {
        mock.timers.setTime(values.time);
        count(`operation ${values.operation}`);
        count(`name: ${values.functionName.cls}`);
        count(values.endpoint === undefined ? `region ${values.region}` : 'custom endpoint');
        count(values.payload === undefined ? 'no payload' : 'payload');
        count(values.sessionToken === undefined ? 'no token' : 'token');
        count(values.qualifier === undefined ? 'no qualifier' : 'qualifier');
        const reference = await sentBySdk(values);
        const own = await sentByUs(values, destinations, signer, reference.headers.get('amz-sdk-invocation-id') ?? '');
        // user-agent is not signed, and each names its own client.
        assert.deepEqual(comparable(own), comparable(reference));
        const { method, path: target, headers, body } = own;
        const signed = { method, target, headers, body: Buffer.from(body, 'base64') };
        if (!/\/\/|%/.test(values.endpoint ?? '')) {
          assert.equal(signatureError(signed, new Map([[values.accessKey, values.secretKey]]), values.time), undefined);
        }
      }),
      { numRuns: RUNS, seed },
    );
  } finally {
    mock.timers.reset();
  }
  for (const [name, times] of [...classes].sort()) context.diagnostic(`${name}: ${times}`);
});

function comparable({ headers, ...rest }: Sent): unknown {
  const { 'user-agent': _, ...others } = Object.fromEntries(headers);
  return { ...rest, headers: others };
}

const clients = new Map<string, { client: LambdaClient; credentials: Input | undefined; sent: Sent | undefined }>();

async function sentBySdk(values: Input): Promise<Sent> {
  const key = `${values.region} ${values.endpoint}`;
  const known = clients.get(key) ?? createClient(values);
  clients.set(key, known);
  known.credentials = values;
  const fields = {
    FunctionName: values.functionName.name,
    Qualifier: values.qualifier,
    ...(values.payload === undefined ? {} : { Payload: values.payload }),
    LogType: values.logType === 'Tail' ? 'Tail' : undefined,
    ClientContext:
      values.clientContext === undefined ? undefined : Buffer.from(values.clientContext).toString('base64'),
    TenantId: values.tenantId,
  } as const;
  const { invocationType: InvocationType } = values;
  known.sent = undefined;
  if (values.operation === 'invoke') await known.client.send(new InvokeCommand({ ...fields, InvocationType }));
  else {
    // The SDK's type has no Event here, which no step can ask for either. There is no stream in the answer to be read.
    const command = new InvokeWithResponseStreamCommand({ ...fields, InvocationType: InvocationType as never });
    await known.client.send(command).catch(() => {});
  }
  assert.ok(known.sent);
  return known.sent;
}

function createClient({ region, endpoint }: Input): NonNullable<ReturnType<(typeof clients)['get']>> {
  const state: NonNullable<ReturnType<(typeof clients)['get']>> = {
    client: new LambdaClient({
      region,
      ...(endpoint === undefined ? {} : { endpoint }),
      maxAttempts: 3,
      credentials: async () => ({
        accessKeyId: state.credentials?.accessKey ?? '',
        secretAccessKey: state.credentials?.secretKey ?? '',
        // Asked for again each time.
        expiration: new Date(0),
        ...(state.credentials?.sessionToken === undefined ? {} : { sessionToken: state.credentials.sessionToken }),
      }),
      defaultUserAgentProvider: async () => [[userAgent]],
      requestHandler: {
        handle: async (request: HttpRequest) => {
          const query = Object.entries(request.query ?? {}).map(([k, v]) => `${k}=${escaped(String(v))}`);
          state.sent = {
            origin: `${request.protocol}//${request.headers.host}`,
            method: request.method,
            path: request.path + (query.length === 0 ? '' : `?${query.join('&')}`),
            headers: new Map(Object.entries(request.headers)),
            body: Buffer.from(request.body ?? '').toString('base64'),
          };
          return { response: { statusCode: 200, headers: {}, body: undefined } as never };
        },
      },
    }),
    credentials: undefined,
    sent: undefined,
  };
  // The reference policy sends payloads as application/json; the SDK would call them octets. Its own seam for that:
  state.client.middlewareStack.add(
    (next) => (args) => {
      const request = args.request as { headers: Record<string, string>; body?: unknown };
      if (request.body === undefined) delete request.headers['content-type'];
      else request.headers['content-type'] = 'application/json';
      return next(args);
    },
    { step: 'build', priority: 'low' },
  );
  return state;
}

function escaped(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

async function sentByUs(values: Input, destinations: Destinations, signer: Signer, id: string): Promise<Sent> {
  const { operation, functionName, accessKey, secretKey, sessionToken, time, ...rest } = values;
  const invocation: Invocation = {
    ...rest,
    functionName: functionName.name,
    credentials: {},
    transport,
    retry: { maxAttempts: 3, idempotent: false },
  };
  const { target } = await destinations.get(invocation, operation);
  const dispatcher = new RecordingDispatcher();
  const credentials = { accessKeyId: accessKey, secretAccessKey: secretKey, sessionToken };
  const call = new Call(
    {
      signer,
      skew: new ClockSkew(),
      refusals: new RefusedCredentials(),
      userAgent,
      newId: () => id,
      now: () => time,
      random: Math.random,
    },
    {
      target,
      guard: new FunctionGuard(),
      dispatcher,
      provider: { identity: 'keys', account: undefined, get: () => credentials },
      credentials,
      prepared: prepare(invocation),
    },
    invocation,
    { callEnd: Number.POSITIVE_INFINITY, signal: undefined },
    takeResult,
  );
  await call.run();
  assert.ok(dispatcher.sent);
  return withClientHeaders(dispatcher.sent, target.host);
}

/** The two headers that undici writes by itself. */
function withClientHeaders(sent: Sent, host: string): Sent {
  const headers = new Map(sent.headers);
  headers.set('host', host);
  if (sent.body !== '') headers.set('content-length', String(Buffer.from(sent.body, 'base64').byteLength));
  return { ...sent, headers };
}

class RecordingDispatcher extends Dispatcher {
  sent: Sent | undefined;

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    const flat = options.headers as string[];
    const pairs = Array.from({ length: flat.length / 2 }, (_, i): [string, string] => [
      flat[2 * i] ?? '',
      flat[2 * i + 1] ?? '',
    ]);
    this.sent = {
      origin: String(options.origin),
      method: options.method,
      path: options.path,
      headers: new Map(pairs),
      body: Buffer.from((options.body as Uint8Array | null) ?? '').toString('base64'),
    };
    const controller = { abort() {} } as unknown as Dispatcher.DispatchController;
    handler.onRequestStart?.(controller, {});
    handler.onResponseStart?.(controller, 200, {});
    handler.onResponseEnd?.(controller, {});
    return true;
  }
}
