import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AdminPage, type AdminPageSource } from '../../../src/admin-page/index.ts';
import { describeApi } from '../../../src/config/describe.ts';
import { type ApiDescription, loadPolicies } from '../../../src/config/index.ts';
import { Metrics } from '../../../src/observability/index.ts';
import { readinessOf } from '../../../src/server/index.ts';
import { failureRecord } from '../../support/failure-record.ts';

const HOSTILE = `"><script>alert(1)</script><img src=x onerror='alert(2)'> \u202e`;
const now = new Date(Date.UTC(2026, 10, 27, 16, 28, 21));

function policiesOf(text: string): AdminPageSource['policies'] {
  const { set, warnings } = loadPolicies(text, 'policies.yaml');
  return {
    status: { file: 'policies.yaml', version: '0123456789ab', loadedAt: now, warnings, lastError: undefined },
    servesInline: false,
    apiNames: [...set.apis.keys()],
    describeApi(name): ApiDescription | undefined {
      const api = set.apis.get(name);
      return api && describeApi(api);
    },
  };
}

function pageOf(source: Partial<AdminPageSource> = {}): AdminPage {
  return new AdminPage(
    {
      version: '1.2.3',
      policies: policiesOf(
        'version: 1\napis: {orders: {request: [{configuration: {function: f, region: eu-west-1}}]}}\n',
      ),
      readiness: async () => readinessOf({ policies: { status: 'ok', reason: 'version 1' } }),
      metrics: () => new Metrics().snapshot(),
      failures: async () => [],
      reloads: () => [],
      ...source,
    },
    () => now,
  );
}

async function shown(page: AdminPage, url: string): Promise<string> {
  const [path = '', query] = url.split('?', 2);
  const answer = await page.answer(path, new URLSearchParams(query));
  return String(answer.body);
}

const HTML_PATHS = ['/', '/failures', '/apis', '/api?name=orders', '/warnings', '/reloads', '/api?name=nothing'];

test('every page is bound by a policy that lets nothing in but its own files, and holds itself to it', async () => {
  const page = pageOf();
  for (const path of HTML_PATHS) {
    const { headers, type } = await page.answer(path.split('?')[0] ?? '', new URLSearchParams(path.split('?')[1]));
    assert.equal(type, 'text/html; charset=utf-8');
    const policy = headers['content-security-policy'] ?? '';
    for (const part of ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"]) {
      assert.ok(policy.split('; ').includes(part), part);
    }
    assert.doesNotMatch(policy, /unsafe|https?:|\*/);
    const text = await shown(page, path);
    assert.doesNotMatch(
      text,
      /<style|style="|\son\w+=|javascript:|<script(?! type="module" src="\/admin\/page\.js"><\/script>)/i,
    );
    for (const [, url = ''] of text.matchAll(/(?:href|src|action)="([^"]*)"/g)) assert.match(url, /^[/#]/);
  }
});

test('names, reasons, warnings and changes are texts, whatever is in them', async () => {
  const policies = policiesOf(
    JSON.stringify({
      version: 1,
      apis: {
        [HOSTILE]: {
          request: [
            {
              name: HOSTILE,
              configuration: { function: '{#request.headers["x"][0]}', region: 'eu-west-1', payload: '{#reqest}' },
            },
          ],
        },
      },
    }),
  );
  const fields = [HOSTILE];
  const page = pageOf({
    policies,
    failures: async () => [
      failureRecord({
        api: HOSTILE,
        policy: HOSTILE,
        route: HOSTILE,
        reason: HOSTILE,
        place: HOSTILE,
        requestId: HOSTILE,
        errorType: HOSTILE,
      }),
    ],
    readiness: async () => readinessOf({ [HOSTILE]: { status: 'degraded', reason: HOSTILE } }),
    reloads: () => [
      {
        at: now,
        version: HOSTILE,
        problems: [],
        changes: { changes: [{ kind: 'changed', api: HOSTILE, step: HOSTILE, fields }], more: 0 },
      },
      { at: now, version: undefined, problems: [HOSTILE], changes: undefined },
    ],
  });
  for (const path of [
    '/',
    '/apis',
    `/apis?${new URLSearchParams({ q: '">' })}`,
    `/api?${new URLSearchParams({ name: HOSTILE })}`,
    '/warnings',
    '/reloads',
    '/failures',
  ]) {
    const text = await shown(page, path);
    assert.doesNotMatch(text, /<script>|<img|\u202e/, path);
  }
  assert.ok((await shown(page, '/')).includes('&quot;&gt;&lt;script&gt;alert(1)'));
  assert.ok(
    (await shown(page, `/api?${new URLSearchParams({ name: HOSTILE })}`)).includes('<h3>&quot;&gt;&lt;script&gt;'),
  );
});

test('thousands of APIs and warnings make small pages, and each is found', async () => {
  const steps = '{request: [{configuration: {function: f, region: eu-west-1, payload: "{#reqest}"}}]}';
  const names = Array.from({ length: 3_000 }, (_, i) => `api-${i}`);
  const policies = policiesOf(`version: 1\napis:\n${names.map((name) => `  ${name}: ${steps}`).join('\n')}\n`);
  let described = 0;
  const counting: AdminPageSource['policies'] = {
    ...policies,
    describeApi(name) {
      described++;
      return policies.describeApi(name);
    },
  };
  const page = pageOf({ policies: counting });
  for (const path of [
    '/',
    '/apis',
    '/apis?page=31',
    '/apis?page=999999999',
    '/apis?page=-1',
    '/warnings',
    '/apis?q=API-29',
    '/admin/live.json',
  ]) {
    described = 0;
    const text = await shown(page, path);
    assert.ok(text.length < 60_000, `${path}: ${text.length} characters`);
    assert.equal(
      described,
      path.startsWith('/apis') ? 50 : path === '/' ? 10 : 0,
      `${path}: only what is shown is described`,
    );
  }
  assert.match(await shown(page, '/apis?q=API-29'), /111 of 3,000 APIs.*<a href="\/api\?name=api-29">/s);
  assert.match(await shown(page, '/apis?page=60'), /api-2999.*Page 60 of 60/s);
  assert.match(await shown(page, '/apis?q=none'), /0 of 3,000 APIs.*No API\./s);
});

test('an API shows its steps with what they need, and neither payload, condition, key nor role', async () => {
  const policies = policiesOf(`
version: 1
apis:
  orders:
    request:
      - name: tier
        condition: "{#request.path == '/veiled-condition'}"
        configuration:
          function: customer-tier
          region: eu-west-1
          payload: "veiled-payload {#request.content}"
          accessKey: AKIAVEILEDKEY
          secretKey: veiled-secret
          roleArn: arn:aws:iam::123456789012:role/veiled-role
    response:
      - {name: after, configuration: {function: f, region: eu-west-1, payload: "{#response.content}"}}
`);
  const text = await shown(pageOf({ policies }), '/api?name=orders');
  for (const part of [
    'the request&#39;s body, as text',
    'response headers',
    'the response&#39;s body',
    'customer-tier',
    'after',
  ]) {
    assert.ok(text.includes(part), part);
  }
  assert.doesNotMatch(text, /veiled/i);
});

test('what is asked for and is not there is a 404, also where its name is one of every object', async () => {
  const page = pageOf();
  for (const name of ['nothing', '__proto__', 'constructor', '']) {
    const { status } = await page.answer('/api', new URLSearchParams({ name }));
    assert.equal(status, 404, name);
  }
});

test('a failure tells its place, what to do about it and how to find it in the log, and no secret that AWS repeats', async () => {
  const time = now.getTime();
  const failures = [
    failureRecord({
      time,
      kind: 'denied',
      key: 'AWS_LAMBDA_INVALID_RESPONSE',
      policy: 'tier',
      field: 'payload',
      place: 'policies.yaml:18:26',
      reason: `refused: x-amz-security-token:IQoJb3JpZ2lu-veiled ${'y'.repeat(5_000)}`,
      requestId: 'request-1',
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      awsRequestId: 'aws-1',
      errorType: 'AccessDeniedException',
      statusCode: 403,
      attempts: 1,
    }),
    failureRecord({ time, kind: 'throttled', goesOn: true }),
  ];
  const page = pageOf({ failures: async () => failures });
  const text = await shown(page, '/failures');
  for (const part of [
    'policies.yaml:18:26',
    'refused the identity',
    'check --live',
    'request-1',
    '4bf92f3577b34da6a3ce929d0e0e4736',
    'aws-1',
    'AccessDeniedException, status 403',
    'the request continued',
  ]) {
    assert.ok(text.includes(part), part);
  }
  assert.doesNotMatch(text, /veiled|y{1001}/);
  const live = JSON.parse(await shown(page, '/admin/live.json?failures=100'));
  assert.deepEqual(
    live.lists.failures.map(({ key, kind }: Record<string, string>) => [key, kind]),
    [
      [`${time}-2`, 'denied'],
      [`${time}-1`, 'throttled'],
    ],
  );
});

test('what the script puts in has no raw controls either', async () => {
  const failures = [failureRecord({ reason: 'no f\u202eg\u001b[31m \ud800', api: 'a\u2066' })];
  const page = pageOf({ failures: async () => failures });
  const { failures: rows } = JSON.parse(await shown(page, '/admin/live.json?failures=100')).lists;
  assert.deepEqual([rows[0].reason, rows[0].where], ['no f\\u202eg\\u001b[31m \ufffd', 'a\\u2066']);
});

test('a hundred long failures make a page of bounded size', async () => {
  const long = '&'.repeat(8_000);
  const failures = Array.from({ length: 100 }, () =>
    failureRecord({ reason: long, field: long, place: long, route: long, requestId: long }),
  );
  const page = pageOf({ failures: async () => failures });
  assert.ok((await shown(page, '/')).length < 400_000);
  assert.ok((await shown(page, '/admin/live.json?failures=10')).length < 100_000);
});
