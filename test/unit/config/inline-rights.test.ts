// What policies that a route brings may say: nothing beyond the document's `inline` and `defaults`.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatProblem, PolicyDocumentError } from '../../../src/config/index.ts';
import type { ApiPolicies } from '../../../src/policy/index.ts';
import { answerOf, runOf } from '../../support/policy-run.ts';
import { load } from './support.ts';

const ACCOUNT = '123456789012';
const OTHER = '999999999999';
const keys = { accessKey: 'AKIDEXAMPLE', secretKey: 'secret' };

/** The policies of a route with one step, under a document with these `inline` and `defaults`. */
function inline(configuration: object, rights: object = {}, defaults: object = {}, more: object = {}): ApiPolicies {
  const { set } = load(JSON.stringify({ version: 1, inline: rights, defaults, ...more }), 'policies.json');
  return set.inline(JSON.stringify({ request: [{ configuration }] }));
}

function refused(expected: RegExp, ...what: Parameters<typeof inline>): void {
  assert.throws(
    () => inline(...what),
    (error: unknown) => {
      assert.ok(error instanceof PolicyDocumentError, String(error));
      assert.match(error.problems.map(formatProblem).join('\n'), expected);
      return true;
    },
    JSON.stringify(what),
  );
}

const arn = (account: string, name: string, region = 'us-east-1') =>
  `arn:aws:lambda:${region}:${account}:function:${name}`;

test('a function is called by a name that a glob without a colon fits, in the own account only', () => {
  const rights = { functions: ['order-*', 'f'] };
  for (const name of ['order-x', 'order-', 'f', 'f:live', 'order-x:$LATEST']) inline({ function: name }, rights);
  inline({ function: 'f', qualifier: 'live' }, rights);
  const outside = /configuration\.function: is not allowed in inline policies: add it to `inline\.functions`/;
  const names = [
    'g',
    'F',
    'Order-x',
    'xorder-x',
    'f2',
    arn(ACCOUNT, 'f'),
    `${ACCOUNT}:function:f`,
    `${ACCOUNT}:f`,
    `us-east-1:${ACCOUNT}:function:f`,
    'us-east-1:f',
    'function:f',
    'arn:aws:lambda:f',
    'arn:aws:lambda:function:f',
    'f:f:f',
  ];
  for (const name of names) refused(/configuration\.function: is n/, { function: name }, rights);
  refused(outside, { function: 'g' }, rights);
  for (const odd of ['%66', 'f%00', 'f ', ' f', 'ｆ', 'f\u200b', 'f/../g', 'f\n']) {
    refused(/configuration\.function: is n/, { function: odd }, rights);
  }
});

test('an asterisk alone is every name and no arn', () => {
  inline({ function: 'anything' }, { functions: ['*'] });
  for (const name of [arn(ACCOUNT, 'f'), `${ACCOUNT}:f`, `${ACCOUNT}:function:f`, 'function:f']) {
    refused(/function: is not allowed/, { function: name }, { functions: ['*'] });
  }
});

test('a glob that is an arn is for arns, however they are written, and an asterisk does not cross a colon', () => {
  const rights = { functions: [arn(ACCOUNT, 'order-*')] };
  for (const name of [
    arn(ACCOUNT, 'order-x'),
    arn(ACCOUNT, 'order-x:live'),
    `${ACCOUNT}:function:order-x`,
    `${ACCOUNT}:order-x`,
    `us-east-1:${ACCOUNT}:function:order-x`,
  ]) {
    inline({ function: name }, rights);
  }
  for (const name of [
    'order-x',
    arn(OTHER, 'order-x'),
    `${OTHER}:function:order-x`,
    arn(ACCOUNT, 'order-x', 'eu-west-1'),
    arn(ACCOUNT, 'x'),
    `arn:aws-cn:lambda:us-east-1:${ACCOUNT}:function:order-x`,
  ]) {
    refused(/function: is not allowed/, { function: name }, rights);
  }
  refused(/function: is not allowed/, { function: arn(ACCOUNT, 'f') }, { functions: ['arn:*:function:f'] });
  inline({ function: arn(ACCOUNT, 'f') }, { functions: [`arn:*:lambda:*:${ACCOUNT}:function:*`] });
  const eu = { function: `${ACCOUNT}:function:f`, region: 'eu-west-1' };
  refused(/function: is not allowed/, eu, { functions: [arn(ACCOUNT, 'f')], regions: ['*'] });
  inline(eu, { functions: [arn(ACCOUNT, 'f', 'eu-west-1')], regions: ['*'] });
});

test('a glob that names a qualifier is for that one, wherever it is written', () => {
  const rights = { functions: [arn(ACCOUNT, 'f:live')] };
  inline({ function: arn(ACCOUNT, 'f:live') }, rights);
  inline({ function: arn(ACCOUNT, 'f'), qualifier: 'live' }, rights);
  refused(/function: is not allowed/, { function: arn(ACCOUNT, 'f') }, rights);
  refused(/function: is not allowed/, { function: arn(ACCOUNT, 'f'), qualifier: 'test' }, rights);
});

test('an absent list allows what defaults say and nothing else', () => {
  const defaults = { function: 'd', region: 'eu-west-1', endpoint: 'https://d.test', roleArn: role('d') };
  inline({}, {}, defaults);
  inline({ function: 'd', region: 'eu-west-1', endpoint: 'https://d.test', roleArn: role('d') }, {}, defaults);
  inline({ function: 'f', region: 'us-east-1' }, { functions: ['f'] });
  refused(/function: is not allowed/, { function: 'f' }, {}, defaults);
  refused(/region: is not allowed/, { region: 'us-east-1' }, {}, defaults);
  refused(/region: is not allowed/, { region: '' }, {}, defaults);
  refused(/region: is not allowed/, { function: 'f', region: 'eu-west-1' }, { functions: ['f'] });
  refused(/endpoint: is not allowed/, { endpoint: 'https://e.test', ...keys }, {}, defaults);
  refused(/roleArn: is not allowed/, { roleArn: role('e') }, {}, defaults);
});

test('the version and the tenant of a function of defaults are its own', async () => {
  const defaults = { function: 'd', qualifier: 'live', tenantId: 'a' };
  for (const own of [{ qualifier: 'live' }, { function: 'd', tenantId: 'a' }, {}]) inline(own, {}, defaults);
  for (const nothing of ['', null]) inline({ qualifier: nothing, tenantId: nothing }, {}, { function: 'd' });
  for (const name of ['qualifier', 'tenantId']) {
    for (const value of ['other', '', null]) {
      refused(
        new RegExp(`${name}: is not allowed in inline policies: add the function`),
        { [name]: value },
        {},
        defaults,
      );
      inline({ [name]: value }, { functions: ['d'] }, defaults);
    }
    refused(new RegExp(`${name}: is not allowed`), { [name]: 'other' }, {}, { function: 'd' });
  }
  refused(/tenantId: is not allowed/, { tenantId: '{#request.path}' }, {}, defaults);
  const run = runOf(inline({ qualifier: "{#request.headers['x-v'][0]}" }, {}, defaults), {
    headers: { 'x-v': 'other' },
  });
  assert.equal(answerOf(await run.request('')).errorKey, 'LAMBDA_EXT_PROC_INVALID_POLICIES');
  assert.deepEqual(run.calls, []);
});

test('an endpoint of defaults that is an expression takes no key of the document or the machine along', () => {
  const defaults = { function: 'd', endpoint: "https://{#properties['h']}.e.test" };
  const rights = { functions: ['d'], endpoints: ['https://*.e.test'] };
  for (const own of [{}, { endpoint: defaults.endpoint }]) {
    refused(/endpoint: is an expression, so inline policies choose .* accessKey and secretKey/, own, rights, defaults);
    inline({ ...own, ...keys }, rights, defaults);
  }
});

const role = (name: string, account = ACCOUNT) => `arn:aws:iam::${account}:role/${name}`;

test('roles are held to their list, in a chain too', () => {
  const rights = { functions: ['f'], roles: [role('a-*')] };
  inline({ function: 'f', roleArn: role('a-1'), roleChain: [{ roleArn: role('a-2') }] }, rights);
  refused(/roleArn: is not allowed/, { function: 'f', roleArn: role('b') }, rights);
  refused(/roleArn: is not allowed/, { function: 'f', roleArn: role('a-1', OTHER) }, rights);
  const chain = { function: 'f', roleArn: role('a-1'), roleChain: [{ roleArn: role('b') }] };
  refused(/roleChain\.0\.roleArn: is not allowed/, chain, rights);
  refused(/roleArn: is not allowed/, { function: 'f', roleArn: role('a') }, { functions: ['f'], roles: ['*'] });
});

test('the identity of defaults is not taken away, mixed or assumed otherwise', () => {
  const defaults = { ...keys, sessionToken: 'token', roleArn: role('r'), roleChain: [{ roleArn: role('hub') }] };
  const rights = { functions: ['f'], roles: [role('*')] };
  for (const name of ['accessKey', 'secretKey', 'sessionToken', 'roleArn', 'roleChain']) {
    refused(new RegExp(`${name}: removes the ${name} of`), { function: 'f', [name]: null }, rights, defaults);
  }
  refused(/roleArn: removes the roleArn/, { function: 'f', roleArn: ' ' }, rights, defaults);
  refused(/roleChain: removes the roleChain/, { function: 'f', roleChain: [] }, rights, defaults);
  refused(/accessKey: inline policies with a key must have both/, { function: 'f', accessKey: 'a' }, rights, defaults);
  refused(/sessionToken: inline policies with/, { function: 'f', sessionToken: 't' }, rights, defaults);
  for (const part of [{ roleSessionName: 'admin' }, { externalId: 'x' }, { durationSeconds: 900 }]) {
    refused(/changes how the role of `defaults` is assumed/, { function: 'f', ...part }, rights, defaults);
  }
  const narrow = { functions: ['f'] };
  const hubs = { roleChain: [{ roleArn: role('hub') }, { roleArn: role('spoke') }] };
  const shorter = { function: 'f', roleChain: [{ roleArn: role('hub') }] };
  refused(/roleChain\.0\.roleArn: is not allowed/, shorter, narrow, hubs);
});

test('own keys stand for an identity of their own: nothing of the one in defaults is mixed into it', () => {
  const defaults = { accessKey: 'D', secretKey: 'D', sessionToken: 'D', roleArn: role('r'), externalId: 'D-1' };
  const rights = { functions: ['f'], endpoints: ['https://e.test'] };
  const { request } = inline({ function: 'f', endpoint: 'https://e.test', ...keys }, rights, defaults);
  assert.deepEqual(request[0]?.configuration.credentials.constant, {
    ...keys,
    sessionToken: undefined,
    roleChain: [],
    role: undefined,
  });
});

test('an endpoint needs keys beside it', () => {
  const rights = { functions: ['f'], endpoints: ['https://e.test'] };
  const endpoint = 'https://e.test';
  refused(/endpoint: requires accessKey and secretKey:/, { function: 'f', endpoint }, rights);
  refused(/endpoint: requires accessKey/, { function: 'f', endpoint, accessKey: ' ', secretKey: '' }, rights);
  refused(/endpoint: requires accessKey/, { function: 'f', endpoint }, rights, keys);
  refused(/endpoint: removes the endpoint/, { function: 'f', endpoint: null }, rights, { endpoint: 'https://d.test' });
  inline({ function: 'f', endpoint, ...keys }, rights);
});

test('endpoints are compared as they are called', () => {
  const fits = (endpoint: string, ...endpoints: string[]) =>
    inline({ function: 'f', endpoint, ...keys }, { functions: ['f'], endpoints });
  fits('https://e.test', 'https://e.test');
  fits('HTTPS://E.TEST:443/', 'e.test');
  fits('e.test', 'https://*.test');
  fits('https://a.b.test', 'https://*.test');
  fits('http://127.0.0.1:4566', 'http://127.0.0.1:*');
  fits('http://[::1]:1', 'http://[::1]:1');
  fits('https://e.test/a/b', 'https://e.test/a/*');
  const outside = (endpoint: string, ...endpoints: string[]): void =>
    refused(/endpoint: /, { function: 'f', endpoint, ...keys }, { functions: ['f'], endpoints });
  for (const endpoint of [
    'http://e.test',
    'https://e.test:8443',
    'https://e.test/path',
    'https://e.test.',
    'https://e.test@attacker.test',
    'https://attacker.test/e.test',
    'https://attacker.test#e.test',
    'https://attacker.test?e.test',
    'https://attacker.test\\e.test',
    'https://e.test\t.attacker.test',
    'https://ｅ.test.attacker.test',
    'https://xn--e.test',
  ]) {
    outside(endpoint, 'https://e.test');
  }
  outside('https://attacker.test/x.e.test', 'https://*.e.test');
  outside('https://attacker.test:1/.e.test', 'https://*.e.test');
  outside('http://[::1]', 'http://*');
  outside('http://127.0.0.1:1', '*', 'http://*', 'https://*:*');
});

test('inline policies name no secret, no file and no key store', () => {
  const secret = "{#secrets.get('env:LAMBDA_EXT_PROC_SECRET_X')}";
  const rights = { functions: ['f'], endpoints: ['https://e.test'], roles: ['arn:aws:iam::*:role/*'] };
  for (const name of ['accessKey', 'secretKey', 'sessionToken', 'roleArn', 'externalId']) {
    const fields = { function: 'f', ...keys, sessionToken: 't', roleArn: role('r'), [name]: secret };
    refused(new RegExp(`${name}: inline policies may not read secrets`), fields, rights);
  }
  const chain = { function: 'f', ...keys, roleChain: [{ roleArn: role('r'), externalId: secret }] };
  refused(/externalId: inline policies may not read secrets/, chain, rights);
  const trusting = (ssl: object) => ({ function: 'f', endpoint: 'https://e.test', ...keys, ssl });
  refused(
    /trustStorePath: inline policies may not name files/,
    trusting({ trustStoreType: 'PEM', trustStorePath: '/etc/passwd' }),
    rights,
  );
  refused(
    /trustStoreContent: inline policies may not read/,
    trusting({ trustStoreType: 'PEM', trustStoreContent: secret }),
    rights,
  );
  for (const trustStoreType of ['PKCS12', 'JKS']) {
    refused(
      /trustStoreType: inline policies may contain only PEM:/,
      trusting({ trustStoreType, trustStoreContent: 'AAAA' }),
      rights,
    );
  }
  inline(trusting({ trustStoreType: 'PEM', trustStoreContent: 'x' }), rights);
  for (const name of ['payload', 'qualifier', 'tenantId', 'clientContext']) {
    refused(/secrets/, { function: 'f', [name]: secret }, rights);
  }
});

test('trust is changed for an own endpoint alone, and mixed with nothing of the document', () => {
  const rights = { functions: ['f'], endpoints: ['https://e.test'] };
  const pem = { trustStoreType: 'PEM', trustStoreContent: 'x' };
  refused(/ssl: requires its own/, { function: 'f', ssl: { trustAll: true } }, rights);
  refused(/ssl: requires its own/, { function: 'f', ssl: pem, ...keys }, rights);
  const store = { trustStoreType: 'PEM', trustStoreContent: 'D', trustStorePassword: 'D' };
  refused(/ssl: removes the ssl of `defaults`/, { function: 'f', ssl: null }, rights, { ssl: store });
  const { request } = inline({ function: 'f', endpoint: 'https://e.test', ...keys, ssl: pem }, rights, { ssl: store });
  const { ssl } = request[0]?.configuration.transport ?? {};
  assert.deepEqual([ssl?.trustStoreContent, ssl?.trustStorePassword], ['x', undefined]);
});

test('keys of defaults that are secrets serve inline policies as they are', () => {
  const secret = (name: string) => `{#secrets.get('env:LAMBDA_EXT_PROC_SECRET_${name}')}`;
  inline({ function: 'f' }, { functions: ['f'] }, { accessKey: secret('A'), secretKey: secret('B') });
});

test('a dictionary of the document is not replaced', () => {
  const document = { version: 1, inline: { functions: ['f'] }, dictionaries: { d: { a: 'x' } } };
  const { set } = load(JSON.stringify(document), 'policies.json');
  set.inline('{"dictionaries": {"e": {"a": "y"}}}');
  assert.throws(
    () => set.inline('{"dictionaries": {"d": {"a": "y"}}}'),
    /dictionaries\.d: is a dictionary of the document/,
  );
});

test('what an expression gives is held to the lists for each request', async () => {
  const header = (name: string) => `{#request.headers['${name}'][0]}`;
  const rights = {
    functions: ['order-*', arn(ACCOUNT, 'f')],
    regions: ['us-*'],
    endpoints: ['https://*.e.test'],
    roles: [role('a-*')],
  };
  const configuration = { function: 'order-x', ...keys };
  const outcome = async (fields: object, headers: Record<string, string>): Promise<string> => {
    const run = runOf(inline({ ...configuration, ...fields }, rights), { headers });
    const result = await run.request('');
    if (result.kind === 'continue') return run.calls.join();
    const { status, errorKey, body } = answerOf(result);
    assert.deepEqual([status, errorKey], [500, 'LAMBDA_EXT_PROC_INVALID_POLICIES'], body);
    assert.deepEqual(run.calls, []);
    return /Details: \[(\w+)\]/.exec(body ?? '')?.[1] ?? '';
  };
  const byName = { function: header('x-f') };
  assert.equal(await outcome(byName, { 'x-f': 'order-y' }), 'order-y');
  assert.equal(await outcome(byName, { 'x-f': `${ACCOUNT}:function:f` }), `${ACCOUNT}:function:f`);
  for (const name of ['admin', `${OTHER}:function:order-y`, arn(ACCOUNT, 'order-y'), 'order-y/../admin', 'ORDER-y']) {
    assert.equal(await outcome(byName, { 'x-f': name }), 'function', name);
  }
  assert.equal(await outcome({ region: header('x-r') }, { 'x-r': 'us-west-2' }), 'order-x');
  for (const region of ['eu-west-1', 'US-east-1', 'fips-us-east-1']) {
    assert.equal(await outcome({ region: header('x-r') }, { 'x-r': region }), 'region', region);
  }
  const partial = { function: `${ACCOUNT}:function:f`, region: header('x-r') };
  assert.equal(await outcome(partial, { 'x-r': 'us-east-1' }), `${ACCOUNT}:function:f`);
  assert.equal(await outcome(partial, { 'x-r': 'us-west-2' }), 'function');
  const place = { endpoint: header('x-e') };
  assert.equal(await outcome(place, { 'x-e': 'https://a.e.test' }), 'order-x');
  assert.equal(await outcome(place, { 'x-e': 'https://attacker.test/a.e.test' }), 'endpoint');
  assert.equal(await outcome({ roleArn: header('x-a') }, { 'x-a': role('a-1') }), 'order-x');
  assert.equal(await outcome({ roleArn: header('x-a') }, { 'x-a': role('b') }), 'roleArn');
  const chain = { roleArn: role('a-1'), roleChain: [{ roleArn: header('x-a') }] };
  assert.equal(await outcome(chain, { 'x-a': role('a-2') }), 'order-x');
  assert.equal(await outcome(chain, { 'x-a': role('b') }), 'roleArn');
});

test('a step whose frame refuses it stops the request only where the step says so', async () => {
  const rights = { functions: ['order-*'] };
  const { set } = load(JSON.stringify({ version: 1, inline: rights }), 'policies.json');
  const step = { onError: 'continue', configuration: { function: "{#request.headers['x-f'][0]}" } };
  const run = runOf(set.inline(JSON.stringify({ request: [step] })), { headers: { 'x-f': 'admin' } });
  assert.equal((await run.request('')).kind, 'continue');
  assert.deepEqual(run.calls, []);
});

test('the lists apply to expressions of defaults too, because a route supplies what they read', () => {
  const defaults = { function: "{#properties['f']}", region: 'us-east-1' };
  refused(/function: is an expression, and `inline\.functions` is empty, so no result is allowed/, {}, {}, defaults);
  inline({}, { functions: ['order-*'] }, defaults);
  refused(/region: is an expression/, { function: 'f', region: '{#request.path}' }, { functions: ['f'] });
});

test('keys that turn out to be absent are not replaced by those of the machine', async () => {
  const fields = {
    function: 'f',
    endpoint: 'https://e.test',
    accessKey: "{#request.headers['x-a'][0]}",
    secretKey: "{#request.headers['x-s'][0]}",
  };
  const run = runOf(inline(fields, { functions: ['f'], endpoints: ['https://e.test'] }));
  const { status } = answerOf(await run.request(''));
  assert.equal(status, 500);
  assert.deepEqual(run.calls, []);
});

test('a glob that can match nothing is a warning', () => {
  const rights = {
    functions: ['123456789012:function:f'],
    regions: ['a:b'],
    endpoints: ['https://h?x'],
    roles: ['admin'],
  };
  for (const name of ['inline', 'allow']) {
    const { warnings } = load(JSON.stringify({ version: 1, [name]: rights }), 'policies.json');
    assert.deepEqual(
      warnings.map(({ path, message }) => `${path} ${message.slice(0, 15)}`),
      ['functions', 'regions', 'endpoints', 'roles'].map((list) => `${name}.${list}.0 matches nothing`),
    );
  }
});

test('inline true of before is refused with what to write', () => {
  assert.throws(() => load('version: 1\ninline: true\n'), /2:9 inline: expected false, or lists such as \{functions/);
});

test('allow bounds what expressions of the document give, and nothing that is written in it', async () => {
  const document = (configuration: object, allow: object) => {
    const text = JSON.stringify({ version: 1, allow, apis: { default: { request: [{ configuration }] } } });
    const { set } = load(text, 'policies.json');
    assert.ok(set.fallback);
    return set.fallback;
  };
  const outcome = async (configuration: object, allow: object, value: string) => {
    const run = runOf(document({ function: 'f', ...configuration }, allow), { headers: { 'x-v': value } });
    const result = await run.request('');
    if (result.kind === 'continue') return run.calls.join();
    const { status, errorKey, body } = answerOf(result);
    assert.deepEqual([status, errorKey], [403, 'LAMBDA_EXT_PROC_NOT_ALLOWED']);
    assert.ok(!body?.includes(value), 'the value is not told to the caller');
    return /Details: \[(\w+)\]/.exec(body ?? '')?.[1] ?? '';
  };
  const v = "{#request.headers['x-v'][0]}";
  assert.equal(await outcome({ function: v }, { functions: ['order-*'] }, 'order-1'), 'order-1');
  assert.equal(await outcome({ function: v }, { functions: ['order-*'] }, 'admin'), 'function');
  await assert.rejects(
    outcome({ function: v }, { functions: [] }, 'admin'),
    /`allow\.functions` is empty, so no result is allowed/,
  );
  assert.equal(await outcome({ function: v }, {}, 'admin'), 'admin');
  assert.equal(await outcome({}, { functions: [], regions: [], endpoints: [], roles: [] }, 'x'), 'f');
  assert.equal(await outcome({ region: v }, { regions: ['us-*'] }, 'eu-west-1'), 'region');
  assert.equal(await outcome({ endpoint: v }, { endpoints: ['https://e.test'] }, 'https://e.test@a.test'), 'endpoint');
  const roles = { roles: [role('a')] };
  assert.equal(await outcome({ roleArn: v }, roles, role('a')), 'f');
  assert.equal(await outcome({ roleArn: v }, roles, role('b')), 'roleArn');
  assert.equal(await outcome({ roleArn: role('own'), roleChain: [{ roleArn: v }] }, roles, role('a')), 'f');
  assert.equal(await outcome({ roleArn: role('own'), roleChain: [{ roleArn: v }] }, roles, role('b')), 'roleArn');
});
