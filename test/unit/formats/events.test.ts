// What each of AWS's events holds, cell by cell of the tables in docs/reference/formats.md.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { connection, type EventRequest, eventFormats, eventOf } from '../../support/aws-events.ts';

const headers = [
  ['user-agent', 'curl/8'],
  ['x-a', '1'],
  ['x-a', '2'],
  ['cookie', 'a=1; b=2'],
  ['content-type', 'text/plain'],
  ['x-request-id', '0b7e1f5c-9a1d-4a6e-8f0a-0123456789ab'],
] as const;
const usual: EventRequest = {
  method: 'POST',
  path: '/a%20b/c%2Fd?x=1&x=2&y=a%2Cb+c',
  headers,
  body: 'hello',
  format: {},
};
const forwarded = {
  'x-forwarded-for': '203.0.113.9',
  'x-forwarded-proto': 'https',
  'x-forwarded-port': '8443',
};
const nobody = { accessKey: null, accountId: null, apiKey: null, apiKeyId: null, caller: null };
const noIdentity = {
  ...nobody,
  cognitoAuthenticationProvider: null,
  cognitoAuthenticationType: null,
  cognitoIdentityId: null,
  cognitoIdentityPoolId: null,
  principalOrgId: null,
  user: null,
  userArn: null,
};

test('a REST API event, whole', async () => {
  const format = {
    stage: 'test',
    resource: '/{first}/{rest+}',
    accountId: '123456789012',
    apiId: 'abc',
    stageVariables: { v: '1' },
  };
  const event = await eventOf('api-gateway-v1', { ...usual, format });
  const { resourceId, extendedRequestId, ...context } = event.requestContext;
  assert.match(resourceId, /^[0-9a-z]{6}$/);
  assert.match(extendedRequestId, /^[\w+/]{15}=$/);
  assert.deepEqual(
    { ...event, requestContext: context },
    {
      resource: '/{first}/{rest+}',
      path: '/a%20b/c%2Fd',
      httpMethod: 'POST',
      headers: {
        Host: 'abc.example.com:8443',
        'User-Agent': 'curl/8',
        'X-A': '2',
        Cookie: 'a=1; b=2',
        'Content-Type': 'text/plain',
        'X-Request-Id': '0b7e1f5c-9a1d-4a6e-8f0a-0123456789ab',
        'X-Forwarded-For': '203.0.113.9',
        'X-Forwarded-Proto': 'https',
        'X-Forwarded-Port': '8443',
      },
      multiValueHeaders: {
        Host: ['abc.example.com:8443'],
        'User-Agent': ['curl/8'],
        'X-A': ['1', '2'],
        Cookie: ['a=1; b=2'],
        'Content-Type': ['text/plain'],
        'X-Request-Id': ['0b7e1f5c-9a1d-4a6e-8f0a-0123456789ab'],
        'X-Forwarded-For': ['203.0.113.9'],
        'X-Forwarded-Proto': ['https'],
        'X-Forwarded-Port': ['8443'],
      },
      queryStringParameters: { x: '2', y: 'a,b c' },
      multiValueQueryStringParameters: { x: ['1', '2'], y: ['a,b c'] },
      pathParameters: { first: 'a%20b', rest: 'c%2Fd' },
      stageVariables: { v: '1' },
      requestContext: {
        accountId: '123456789012',
        apiId: 'abc',
        resourcePath: '/{first}/{rest+}',
        httpMethod: 'POST',
        path: '/test/a%20b/c%2Fd',
        protocol: 'HTTP/1.1',
        stage: 'test',
        domainName: 'abc.example.com',
        domainPrefix: 'abc',
        requestId: '0b7e1f5c-9a1d-4a6e-8f0a-0123456789ab',
        requestTime: '04/Mar/2020:19:15:17 +0000',
        requestTimeEpoch: connection.timestamp,
        identity: { ...noIdentity, sourceIp: '203.0.113.9', userAgent: 'curl/8' },
      },
      body: 'hello',
      isBase64Encoded: false,
    },
  );
});

test('an HTTP API event of format 1.0 differs in version, decoding, ids and length', async () => {
  const event = await eventOf('http-api-v1', { ...usual, format: { routeKey: 'POST /{first}/{rest+}' } });
  assert.equal(event.version, '1.0');
  assert.equal(event.resource, '/{first}/{rest+}');
  assert.equal(event.path, '/a%20b/c%2Fd');
  assert.deepEqual(event.pathParameters, { first: 'a b', rest: 'c/d' });
  assert.equal(event.headers['Content-Length'], '5');
  assert.deepEqual(event.multiValueHeaders['Content-Length'], ['5']);
  assert.equal(event.stageVariables, null);
  const { requestContext: context } = event;
  assert.equal(context.path, '/a b/c/d');
  assert.equal(context.stage, '$default');
  assert.equal(context.resourceId, 'POST /{first}/{rest+}');
  assert.equal(context.resourcePath, '/{first}/{rest+}');
  assert.equal(context.requestId, '0b7e1f5c-9a1d-4a6e-8f0a-0123456789ab');
  assert.equal(context.extendedRequestId, context.requestId);
  assert.ok(!('authorizer' in context));
});

test('an HTTP API event of format 2.0, whole', async () => {
  const format = {
    stage: 'prod',
    routeKey: 'POST /{first}/{rest+}',
    stageVariables: { v: '1' },
    accountId: '123456789012',
    apiId: 'abc',
  };
  assert.deepEqual(await eventOf('api-gateway-v2', { ...usual, format }), {
    version: '2.0',
    routeKey: 'POST /{first}/{rest+}',
    rawPath: '/prod/a b/c/d',
    rawQueryString: 'x=1&x=2&y=a%2Cb+c',
    cookies: ['a=1', 'b=2'],
    headers: {
      host: 'abc.example.com:8443',
      'user-agent': 'curl/8',
      'x-a': '1,2',
      'content-type': 'text/plain',
      'x-request-id': '0b7e1f5c-9a1d-4a6e-8f0a-0123456789ab',
      'content-length': '5',
      ...forwarded,
    },
    queryStringParameters: { x: '1,2', y: 'a,b c' },
    requestContext: {
      accountId: '123456789012',
      apiId: 'abc',
      domainName: 'abc.example.com',
      domainPrefix: 'abc',
      http: {
        method: 'POST',
        path: '/prod/a b/c/d',
        protocol: 'HTTP/1.1',
        sourceIp: '203.0.113.9',
        userAgent: 'curl/8',
      },
      requestId: '0b7e1f5c-9a1d-4a6e-8f0a-0123456789ab',
      routeKey: 'POST /{first}/{rest+}',
      stage: 'prod',
      time: '04/Mar/2020:19:15:17 +0000',
      timeEpoch: connection.timestamp,
    },
    pathParameters: { first: 'a b', rest: 'c/d' },
    stageVariables: { v: '1' },
    body: 'hello',
    isBase64Encoded: false,
  });
});

test('a function URL event: path as sent, cookies twice, anonymous, no path parameters', async () => {
  const event = await eventOf('function-url', usual);
  assert.equal(event.rawPath, '/a%20b/c%2Fd');
  assert.equal(event.requestContext.http.path, '/a%20b/c%2Fd');
  assert.deepEqual(event.cookies, ['a=1', 'b=2']);
  assert.equal(event.headers.cookie, 'a=1; b=2');
  assert.equal(event.routeKey, '$default');
  assert.equal(event.requestContext.accountId, 'anonymous');
  assert.equal(event.requestContext.stage, '$default');
  assert.equal(event.requestContext.authentication, null);
  for (const absent of ['pathParameters', 'stageVariables']) assert.ok(!(absent in event), absent);
});

test('an ALB event, whole: nothing decoded, and a trace id', async () => {
  const targetGroupArn = 'arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/orders/6d0ecf831eec9f09';
  const event = await eventOf('alb', { ...usual, format: { targetGroupArn } });
  const { 'x-amzn-trace-id': trace, ...rest } = event.headers;
  assert.match(trace, /^Root=1-5e5ffe45-[0-9a-f]{24}$/);
  assert.deepEqual(
    { ...event, headers: rest },
    {
      requestContext: { elb: { targetGroupArn } },
      httpMethod: 'POST',
      path: '/a%20b/c%2Fd',
      queryStringParameters: { x: '2', y: 'a%2Cb+c' },
      headers: {
        host: 'abc.example.com:8443',
        'user-agent': 'curl/8',
        'x-a': '2',
        cookie: 'a=1; b=2',
        'content-type': 'text/plain',
        'x-request-id': '0b7e1f5c-9a1d-4a6e-8f0a-0123456789ab',
        'content-length': '5',
        ...forwarded,
      },
      body: 'hello',
      isBase64Encoded: false,
    },
  );
});

test('an ALB event in multi-value mode has the other pair of fields, and arrays', async () => {
  const event = await eventOf('alb', { ...usual, format: { multiValueHeaders: true } });
  assert.deepEqual(event.multiValueQueryStringParameters, { x: ['1', '2'], y: ['a%2Cb+c'] });
  assert.deepEqual(event.multiValueHeaders['x-a'], ['1', '2']);
  assert.deepEqual(event.multiValueHeaders.host, ['abc.example.com:8443']);
  assert.ok(!('headers' in event) && !('queryStringParameters' in event));
});

describe('null, absent and empty are three things', () => {
  const bare: EventRequest = { path: '/', headers: {} };

  test('1.0 of a REST API: null', async () => {
    const event = await eventOf('api-gateway-v1', bare);
    const { body, queryStringParameters, multiValueQueryStringParameters, pathParameters, stageVariables } = event;
    const nulls = [body, queryStringParameters, multiValueQueryStringParameters, pathParameters, stageVariables];
    assert.deepEqual(nulls, [null, null, null, null, null]);
    assert.equal(event.resource, '/');
    assert.equal(event.requestContext.identity.userAgent, null);
    assert.ok(!('clientCert' in event.requestContext.identity));
    assert.ok(!('Content-Length' in event.headers));
  });

  test('1.0 of an HTTP API: null, but an empty user agent and a length of 0', async () => {
    const event = await eventOf('http-api-v1', bare);
    assert.equal(event.body, null);
    assert.equal(event.queryStringParameters, null);
    assert.equal(event.pathParameters, null);
    assert.equal(event.requestContext.identity.userAgent, '');
    assert.equal(event.headers['Content-Length'], '0');
    assert.deepEqual([event.resource, event.requestContext.resourceId], ['$default', '$default']);
  });

  for (const format of ['api-gateway-v2', 'function-url'] as const) {
    test(`${format}: absent, but an empty raw query and user agent`, async () => {
      const event = await eventOf(format, bare);
      for (const absent of ['body', 'queryStringParameters', 'pathParameters', 'stageVariables', 'cookies']) {
        assert.ok(!(absent in event), absent);
      }
      assert.equal(event.rawQueryString, '');
      assert.equal(event.isBase64Encoded, false);
      assert.equal(event.requestContext.http.userAgent, '');
      assert.equal(event.headers['content-length'], '0');
      assert.ok(!('authorizer' in event.requestContext));
    });
  }

  test('ALB: empty', async () => {
    const event = await eventOf('alb', bare);
    assert.deepEqual([event.body, event.isBase64Encoded, event.queryStringParameters], ['', false, {}]);
    const multi = await eventOf('alb', { ...bare, format: { multiValueHeaders: true } });
    assert.deepEqual(multi.multiValueQueryStringParameters, {});
  });

  for (const format of eventFormats) {
    test(`${format}: a body without a byte is none`, async () => {
      const [none, empty] = [await eventOf(format, { headers }), await eventOf(format, { headers, body: '' })];
      assert.deepEqual([empty.body, empty.isBase64Encoded], [none.body, none.isBase64Encoded]);
    });
  }
});

describe('what no request tells has a text that strict readers take', () => {
  for (const format of ['api-gateway-v1', 'http-api-v1', 'api-gateway-v2', 'function-url'] as const) {
    test(format, async () => {
      const head = { host: null, remoteAddress: null, protocol: null, localPort: null, scheme: null };
      const { requestContext: context } = await eventOf(format, { head, headers: {} });
      const { accountId, apiId, stage, domainName, domainPrefix, requestId } = context;
      for (const text of [accountId, apiId, stage, requestId]) assert.match(text, /./);
      assert.deepEqual([domainName, domainPrefix], ['', '']);
      const { sourceIp, protocol } = context.http ?? { ...context.identity, protocol: context.protocol };
      assert.deepEqual([sourceIp, protocol], ['0.0.0.0', 'HTTP/1.1']);
      assert.match(requestId, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    });
  }
});

describe('the request id', () => {
  const id = (value: string): EventRequest => ({ headers: { 'x-request-id': value } });

  test('that is not a UUID is shown by HTTP APIs, and another made where AWS has UUIDs', async () => {
    for (const format of ['http-api-v1', 'api-gateway-v2'] as const) {
      assert.equal((await eventOf(format, id('JKJaXmPLvHcESHA='))).requestContext.requestId, 'JKJaXmPLvHcESHA=');
    }
    for (const format of ['api-gateway-v1', 'function-url'] as const) {
      assert.match((await eventOf(format, id('JKJaXmPLvHcESHA='))).requestContext.requestId, /^[0-9a-f]{8}-/);
    }
  });
});

describe('a caller with a certificate', () => {
  const ssl = { clientHost: null, clientPort: null, client: 'CN=api-client', server: null };
  const certificate = {
    clientCertPem: '',
    subjectDN: 'CN=api-client',
    issuerDN: '',
    serialNumber: '',
    validity: { notBefore: '', notAfter: '' },
  };

  test('is in the identity of 1.0 and in the authentication of 2.0', async () => {
    for (const format of ['api-gateway-v1', 'http-api-v1'] as const) {
      const { requestContext } = await eventOf(format, { head: { ssl } });
      assert.deepEqual(requestContext.identity.clientCert, certificate);
    }
    for (const format of ['api-gateway-v2', 'function-url'] as const) {
      const { requestContext } = await eventOf(format, { head: { ssl } });
      assert.deepEqual(requestContext.authentication, { clientCert: certificate });
    }
    assert.ok(!('authentication' in (await eventOf('api-gateway-v2')).requestContext));
  });
});

describe('headers', () => {
  test('of one connection, of Envoy and pseudo-headers are in no event', async () => {
    const hidden = ['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade'];
    const own = ['x-envoy-expected-rq-timeout-ms', 'x-envoy-internal', ':scheme', ':authority'];
    const all = Object.fromEntries([...hidden, ...own, 'x-stays'].map((name) => [name, 'v']));
    for (const format of eventFormats) {
      const event = await eventOf(format, { headers: all });
      const names = Object.keys(event.headers).map((name) => name.toLowerCase());
      assert.deepEqual(
        [...hidden, ...own].filter((name) => names.includes(name)),
        [],
        format,
      );
      assert.ok(names.includes('x-stays'));
    }
  });

  test('that earlier policies added are in, those they removed are not', async () => {
    const before = [
      {
        headers: { set: { 'x-user': 'ann', 'x-forwarded-port': '443' }, append: { 'x-a': '3' }, remove: ['x-secret'] },
      },
    ];
    const event = await eventOf('api-gateway-v2', { headers: [...headers, ['x-secret', 's']], before });
    assert.equal(event.headers['x-user'], 'ann');
    assert.equal(event.headers['x-a'], '1,2,3');
    assert.equal(event.headers['x-forwarded-port'], '443');
    assert.ok(!('x-secret' in event.headers));
  });

  test('that a policy removed do not come back, whatever every event has', async () => {
    const before = [{ headers: { remove: ['x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-port'] } }];
    const event = await eventOf('alb', { before });
    assert.deepEqual(
      Object.keys(event.headers).filter((name) => name.startsWith('x-forwarded')),
      [],
    );
  });

  test("x-forwarded-port is the connection's, whatever a caller says", async () => {
    const event = await eventOf('alb', { headers: { 'x-forwarded-port': '1' } });
    assert.equal(event.headers['x-forwarded-port'], '8443');
    const untold = await eventOf('alb', { head: { localPort: null } });
    assert.equal(untold.headers['x-forwarded-port'], '443');
  });

  test('of 1.0 are canonical or in lower case, as the step says', async () => {
    const names = ['etag', 'www-authenticate', 'x-amzn-trace-id', 'dnt', 'x_odd-name', 'a--b'];
    const all = Object.fromEntries(names.map((name) => [name, 'v']));
    const canonical = await eventOf('api-gateway-v1', { headers: all });
    for (const name of ['Etag', 'Www-Authenticate', 'X-Amzn-Trace-Id', 'Dnt', 'X_odd-Name', 'A--B', 'Host']) {
      assert.ok(name in canonical.headers && name in canonical.multiValueHeaders, name);
    }
    const lower = await eventOf('http-api-v1', { headers: all, format: { headerNames: 'lower' } });
    for (const name of [...names, 'host', 'content-length']) assert.ok(name in lower.headers, name);
  });

  test('several Cookie headers are one in a text, and each pair is one of `cookies`', async () => {
    const several = [
      ['cookie', 'session=abc; theme=dark'],
      ['cookie', ' x="a=b" ;; y'],
    ] as const;
    const v2 = await eventOf('api-gateway-v2', { headers: several });
    assert.deepEqual(v2.cookies, ['session=abc', 'theme=dark', 'x="a=b"', 'y']);
    assert.ok(!('cookie' in v2.headers));
    assert.equal((await eventOf('alb', { headers: several })).headers.cookie, 'session=abc; theme=dark;  x="a=b" ;; y');
    const v1 = await eventOf('api-gateway-v1', { headers: several });
    assert.deepEqual(v1.multiValueHeaders.Cookie, ['session=abc; theme=dark', ' x="a=b" ;; y']);
  });

  test('that are not UTF-8 are Latin-1, so that the event still is', async () => {
    const event = await eventOf('alb', { headers: [['x-a', Uint8Array.of(0xe9)]] });
    assert.equal(event.headers['x-a'], 'é');
  });
});

describe('the query', () => {
  const cases: readonly (readonly [string, Record<string, string[]>])[] = [
    ['', {}],
    ['&', {}],
    ['&a=1', { a: ['1'] }],
    ['foo', { foo: [''] }],
    ['=1', { '': ['1'] }],
    ['a=b=c', { a: ['b=c'] }],
    ['a=1;b=2', { a: ['1;b=2'] }],
    ['a=%zz', { a: ['%zz'] }],
    ['a=%e9%41', { a: ['%e9A'] }],
    ['a=b%20c%', { a: ['b c%'] }],
    ['a=%C3%A9%ff', { a: ['é%ff'] }],
    ['a=%252C', { a: ['%2C'] }],
    ['a%2Bb=c+d%2B', { 'a+b': ['c d+'] }],
    ['__proto__=1&constructor=2&toString', { ['__proto__']: ['1'], constructor: ['2'], toString: [''] }],
    ['b=1&a=2&b=3', { b: ['1', '3'], a: ['2'] }],
    ['10=a&2=b', { 10: ['a'], 2: ['b'] }],
  ].map(([query, values]) => [query as string, Object.fromEntries(Object.entries(values as object))]);

  for (const [query, values] of cases) {
    test(`?${query}`, async () => {
      const path = `/p?${query}`;
      const entries = Object.entries(values);
      const v1 = await eventOf('api-gateway-v1', { path });
      const v2 = await eventOf('function-url', { path });
      const orNull = (all: [string, unknown][]) => (all.length === 0 ? null : Object.fromEntries(all));
      assert.deepEqual(v1.multiValueQueryStringParameters, orNull(entries));
      assert.deepEqual(v1.queryStringParameters, orNull(entries.map(([name, all]) => [name, all.at(-1)])));
      assert.equal(v2.rawQueryString, query);
      assert.deepEqual(v2.queryStringParameters ?? null, orNull(entries.map(([name, all]) => [name, all.join(',')])));
    });
  }
});

describe('a path', () => {
  const cases = [
    ['/', '/'],
    ['/a%2Fb', '/a/b'],
    ['/a+b', '/a+b'],
    ['/a%zz%20', '/a%zz '],
    ['/%ff', '/%ff'],
    ['/%C3%A9', '/é'],
    ['/a%3Fb%23c', '/a?b#c'],
    ['/a%252Fb', '/a%2Fb'],
    ['//a', '//a'],
    ['*', '*'],
  ] as const;
  for (const [sent, decoded] of cases) {
    test(`${sent} is decoded by HTTP API 2.0 alone, and once`, async () => {
      assert.equal((await eventOf('api-gateway-v2', { path: sent })).rawPath, decoded);
      for (const format of ['api-gateway-v1', 'http-api-v1', 'alb'] as const) {
        assert.equal((await eventOf(format, { path: sent })).path, sent);
      }
      assert.equal((await eventOf('function-url', { path: sent })).rawPath, sent);
      assert.equal((await eventOf('http-api-v1', { path: sent })).requestContext.path, decoded);
      assert.equal((await eventOf('api-gateway-v1', { path: sent })).requestContext.path, `/prod${sent}`);
    });
  }

  test('that an earlier policy changed is the one of the event', async () => {
    const event = await eventOf('api-gateway-v2', { before: [{ path: '/new?q=1' }], format: { resource: '/{name}' } });
    assert.deepEqual([event.rawPath, event.rawQueryString, event.pathParameters], ['/new', 'q=1', { name: 'new' }]);
    assert.equal(event.routeKey, 'GET /{name}');
  });

  test('of a REST API without a resource is that of {proxy+}', async () => {
    const event = await eventOf('api-gateway-v1', { path: '/a/b%20c' });
    assert.deepEqual([event.resource, event.pathParameters], ['/{proxy+}', { proxy: 'a/b%20c' }]);
  });
});

test('fields of format are templates', async () => {
  const format = {
    stage: "{#request.headers['x-stage'][0]}",
    stageVariables: { tier: "{#request.headers['x-tier'][0]}", fixed: 'f' },
    apiId: 'id-{#request.method}',
    domainName: 'd.{#request.method}.test',
    resource: "/{#request.headers['x-kind'][0]}/{id}",
  };
  const fields = { 'x-stage': 'blue', 'x-tier': 'gold "1"', 'x-kind': 'users' };
  const event = await eventOf('api-gateway-v2', { path: '/users/7', headers: fields, format });
  assert.equal(event.rawPath, '/blue/users/7');
  assert.deepEqual(event.stageVariables, { tier: 'gold "1"', fixed: 'f' });
  assert.equal(event.requestContext.apiId, 'id-GET');
  assert.equal(event.requestContext.domainName, 'd.GET.test');
  assert.equal(event.requestContext.domainPrefix, 'd');
  assert.equal(event.routeKey, 'GET /users/{id}');
  assert.deepEqual(event.pathParameters, { id: '7' });
});
