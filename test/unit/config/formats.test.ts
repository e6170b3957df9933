import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertLines, problemsOf, withStep } from './support.ts';

const raw = 'responseFormat: raw';
const lines = (configuration: string, step = '') => problemsOf(withStep(`function: f, ${configuration}`, step));
const fine = (configuration: string): void => assert.deepEqual(lines(configuration), [], configuration);

test('a format of AWS makes the payload, so that a payload beside it is an error', () => {
  assertLines(lines(`requestFormat: alb, ${raw}, payload: a`), [
    'configuration.payload: cannot be combined with `requestFormat: alb`',
    'or write `requestFormat: raw`',
  ]);
  fine(`requestFormat: alb, ${raw}, payload: null`);
  fine('requestFormat: raw, payload: a');
});

test('a payload of defaults beside it is an error that says how to take it away', () => {
  const document = `version: 1\ndefaults: {payload: a}\napis: {o: {request: [{configuration: {function: f, requestFormat: alb, ${raw}PAYLOAD}}]}}\n`;
  assertLines(problemsOf(document.replace('PAYLOAD', '')), ['defaults.payload', '`payload: null`']);
  assert.deepEqual(problemsOf(document.replace('PAYLOAD', ', payload: null')), []);
});

test('an event is for the request phase only', () => {
  const text = withStep(`function: f, requestFormat: function-url, ${raw}`).replace('request:', 'response:');
  assertLines(problemsOf(text), [
    'requestFormat: function-url is an event for a request',
    'write `requestFormat: raw`',
  ]);
});

test('a v2 step that sees no body makes no event, which would have none', () => {
  const pre = (scope: string) =>
    `version: 1\napis: {o: {pre: [{configuration: {scope: ${scope}, function: f, requestFormat: alb, ${raw}}}]}}\n`;
  assertLines(problemsOf(pre('REQUEST')), ['requestFormat', 'write `scope: REQUEST_CONTENT`']);
  assert.deepEqual(problemsOf(pre('REQUEST_CONTENT')), []);
});

const values: Readonly<Record<string, string>> = {
  stage: 'prod',
  stageVariables: '{a: b}',
  resource: '"/a/{b}"',
  routeKey: '"GET /a/{b}"',
  accountId: '"123456789012"',
  apiId: 'abc',
  domainName: 'a.test',
  multiValueHeaders: 'true',
  targetGroupArn: 'arn',
  headerNames: 'lower',
  binaryMediaTypes: '["image/*"]',
  trustedProxies: '1',
};
const api = [
  'stage',
  'stageVariables',
  'resource',
  'accountId',
  'apiId',
  'domainName',
  'binaryMediaTypes',
  'trustedProxies',
];
const used: Readonly<Record<string, readonly string[]>> = {
  raw: ['resource'],
  'api-gateway-v1': [...api, 'headerNames'],
  'http-api-v1': [...api, 'routeKey', 'headerNames'],
  'api-gateway-v2': [...api, 'routeKey'],
  'function-url': ['accountId', 'apiId', 'domainName', 'binaryMediaTypes', 'trustedProxies'],
  alb: ['multiValueHeaders', 'targetGroupArn', 'binaryMediaTypes'],
};

test('a field that a format has no use for is an error, in each of them', () => {
  for (const [format, fields] of Object.entries(used)) {
    for (const [name, value] of Object.entries(values)) {
      const text = `requestFormat: ${format}, ${raw}, format: {${name}: ${value}}`;
      if (fields.includes(name)) fine(text);
      else assertLines(lines(text), [`configuration.format.${name}: is not used with`, 'choose one of ']);
    }
  }
});

test('a field of defaults counts where it is of use', () => {
  const document = (format: string) =>
    `version: 1\ndefaults: {format: {stage: prod, trustedProxies: 1}}\napis: {o: {request: [{configuration: {function: f, requestFormat: ${format}, ${raw}}}]}}\n`;
  for (const format of Object.keys(used)) assert.deepEqual(problemsOf(document(format)), [], format);
});

test('what can be told of a field before there is a request', () => {
  const v2 = (fields: string) => lines(`requestFormat: api-gateway-v2, ${raw}, format: {${fields}}`);
  const wrong: readonly (readonly [string, readonly string[]])[] = [
    ['resource: users', ['format.resource', 'must begin with "/"']],
    ['resource: "/a?b"', ['must not have a query']],
    ['resource: "/{a}{b}"', ['nothing but the name between two slashes']],
    ['resource: "/a{b}"', ['nothing but the name between two slashes']],
    ['resource: "/{a+}/b"', ['must end with {a+}']],
    ['resource: "/{a}/{a}"', ['must not have the name a twice']],
    ['routeKey: /a', ['format.routeKey: is not a route: expected $default']],
    ['routeKey: "get /a"', ['format.routeKey: is not a route']],
    ['routeKey: "GET /{a+}/b"', ['format.routeKey', 'must end with {a+}']],
    ['stage: a/b', ['format.stage: is not the name of a stage']],
    ['accountId: 123456789012', ['format.accountId: expected text', 'put it in quotes']],
    ['binaryMediaTypes: [image]', ['format.binaryMediaTypes.0: is not a media type']],
    ['binaryMediaTypes: ["text/*; q=1"]', ['is not a media type']],
    ['trustedProxies: 0', ['format.trustedProxies: expected at least 1']],
    ['trustedProxies: [10.0.0.0/33]', ['format.trustedProxies.0: is neither an address nor a network']],
    ['trustedProxies: ["10.0.0.1", "lb.test"]', ['format.trustedProxies.1: is neither an address nor a network']],
    ['headerNames: upper', ['expected canonical or lower']],
    ['stag: prod', ['format.stag: unknown field', 'did you mean stage?']],
  ];
  for (const [fields, texts] of wrong) assertLines(v2(fields), [...texts]);
  const right = [
    'routeKey: $default',
    'routeKey: "ANY /{proxy+}"',
    'stage: "{#api.id}"',
    'resource: "/{#api.id}/{id}"',
    'binaryMediaTypes: ["*/*", "application/vnd.x+json"]',
    'trustedProxies: ["10.0.0.0/8", "192.0.2.7", "2001:db8::/32", "::1"]',
    'trustedProxies: []',
  ];
  for (const fields of right) assert.deepEqual(v2(fields), [], fields);
});

test('an empty text counts as absent, and is reported', () => {
  assertLines(lines(`requestFormat: alb, ${raw}, format: {targetGroupArn: ""}`), ['is empty and counts as absent']);
});

test('reading path parameters in a step that names none is a warning', () => {
  const payload = `payload: {id: "{#request.pathParams.getFirst('id')}"}`;
  assertLines(lines(payload), ['configuration.payload.id', 'warning: reads `#request.pathParams`, which is empty']);
  fine(`${payload}, format: {resource: "/orders/{id}"}`);
  fine("payload: {id: '#request.pathParams'}");
});
