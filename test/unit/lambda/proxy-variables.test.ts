import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProxyVariables } from '../../../src/lambda/transport/proxy-variables.ts';

const proxy = 'http://proxy.corp.example:3128/';

/** Whether the proxy is used for each origin. */
function isProxied(noProxy: string, origin: string): boolean {
  return new ProxyVariables({ https_proxy: proxy, http_proxy: proxy, no_proxy: noProxy }).proxyFor(origin) === proxy;
}

test('a proxy is used for its scheme alone and the lower case name wins', () => {
  const https = 'https://lambda.us-east-1.amazonaws.com';
  const http = 'http://lambda.internal:8080';
  const of = (environment: Record<string, string>) => {
    const variables = new ProxyVariables(environment);
    return [variables.proxyFor(https), variables.proxyFor(http)];
  };
  assert.deepEqual(of({}), [undefined, undefined]);
  assert.deepEqual(of({ HTTPS_PROXY: proxy }), [proxy, undefined]);
  assert.deepEqual(of({ HTTP_PROXY: proxy }), [undefined, proxy]);
  assert.deepEqual(of({ https_proxy: 'http://lower', HTTPS_PROXY: proxy }), ['http://lower/', undefined]);
  assert.deepEqual(of({ https_proxy: '', HTTPS_PROXY: proxy }), [proxy, undefined]);
  assert.deepEqual(of({ https_proxy: proxy, NO_PROXY: '*', no_proxy: '' }), [undefined, undefined]);
  assert.deepEqual(of({ https_proxy: proxy, NO_PROXY: '*', no_proxy: 'other' }), [proxy, undefined]);
});

test('a proxy without a scheme is http', () => {
  for (const [value, url] of [
    ['proxy.corp.example:3128', proxy],
    ['proxy', 'http://proxy/'],
    ['10.1.2.3:8080', 'http://10.1.2.3:8080/'],
    ['[fd00::1]:8080', 'http://[fd00::1]:8080/'],
    ['user:pass@proxy:3128', 'http://user:pass@proxy:3128/'],
    ['  https://proxy:443 ', 'https://proxy/'],
    ['HTTP://PROXY:3128', 'http://proxy:3128/'],
  ]) {
    assert.equal(new ProxyVariables({ HTTPS_PROXY: value }).proxyFor('https://a.example'), url);
  }
});

test('a value that is not a proxy is reported with its variable and without its password and never passed by', () => {
  for (const value of [
    'http://',
    'http://user:secret@',
    'socks5://user:secret@proxy:1080',
    'http://user:12#secret@proxy:3128',
    'http://user:12/secret@proxy:3128',
    'ftp://p',
    'http://%zz@p',
    'a b',
  ]) {
    const variables = new ProxyVariables({ HTTPS_PROXY: value, no_proxy: 'b.example' });
    assert.throws(() => variables.proxyFor('https://a.example'), /the value of HTTPS_PROXY is not a proxy/);
    assert.equal(variables.proxyFor('https://b.example'), undefined, 'but where no proxy is to be used');
    assert.equal(variables.proxyFor('http://a.example'), undefined);
    assert.equal(variables.problems().length, 1);
    assert.doesNotMatch(variables.problems().join(), /secret/);
  }
  assert.deepEqual(new ProxyVariables({ HTTPS_PROXY: proxy, http_proxy: 'p:1' }).problems(), []);
  assert.match(new ProxyVariables({ http_proxy: 'ftp://p' }).problems().join(), /http_proxy/);
});

const lambda = 'https://lambda.us-east-1.amazonaws.com';
for (const [noProxy, direct, proxied] of [
  ['', [], [lambda]],
  ['*', [lambda, 'http://[::1]:80'], []],
  ['*:8443', ['https://a.example:8443'], ['https://a.example']],
  ['amazonaws.com', [lambda, 'https://sts.amazonaws.com', 'https://amazonaws.com'], ['https://xamazonaws.com']],
  ['.amazonaws.com', [lambda, 'https://amazonaws.com'], ['https://xamazonaws.com', 'https://amazonaws.com.cn']],
  ['*.amazonaws.com', [lambda], ['https://amazonaws.com']],
  ['AMAZONAWS.com.', [lambda, 'https://lambda.us-east-1.amazonaws.com.'], []],
  ['lambda.us-east-1.amazonaws.com', [lambda], ['https://sts.us-east-1.amazonaws.com']],
  ['x.example,amazonaws.com:443', [lambda], ['https://lambda.amazonaws.com:8443', 'http://amazonaws.com']],
  ['x.example:80  y.example , ,z.example', ['http://x.example', 'https://y.example', 'https://a.z.example'], [lambda]],
  ['127.0.0.1', ['http://127.0.0.1:4566'], ['http://127.0.0.2', 'http://localhost']],
  ['127.0.0.1:4566', ['http://127.0.0.1:4566'], ['http://127.0.0.1:4567']],
  [
    '10.0.0.0/8,172.16.0.0/12',
    ['https://10.255.0.1', 'https://172.31.1.1'],
    ['https://11.0.0.1', 'https://172.32.0.1'],
  ],
  ['::1', ['http://[::1]:9000', 'http://[0:0:0:0:0:0:0:1]'], ['http://[::2]']],
  ['[fd00::23]:80', ['http://[fd00:0::23]'], ['http://[fd00::23]:81', 'http://[fd00::24]']],
  ['[::1]', ['http://[::1]:9000'], ['http://127.0.0.1']],
  ['fd00:ec2::/32', ['http://[fd00:ec2::254]'], ['http://[fd00:ec3::254]']],
  ['10.0.0.0/99,not an address/8,...,:80', [], [lambda, 'http://10.0.0.1']],
] as const) {
  test(`NO_PROXY=${noProxy} leaves out what it names`, () => {
    for (const origin of direct) assert.equal(isProxied(noProxy, origin), false, `${origin} is asked directly`);
    for (const origin of proxied) assert.equal(isProxied(noProxy, origin), true, `${origin} is asked by the proxy`);
  });
}
