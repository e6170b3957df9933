// What `check --envoy` says of routes with an authorizer.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkEnvoy, formatProblem } from '../../../src/config/index.ts';
import { check, isError, only, spoilt, withField } from './envoy-checks.ts';
import { envoyGateway, policies } from './kubernetes-fixture.ts';
import { load } from './support.ts';

const guarded = (authorizer: string, api = 'orders'): string => `version: 1
envoy: {allowModeOverride: true}
apis:
  ${api}:
    request:
      - {name: who, authorizer: ${authorizer}, configuration: {function: f}}
`;
const TOKEN = guarded('{type: TOKEN}');
const rewritten = (rewrite: string): string =>
  spoilt('route: {cluster: backend}', `route: {cluster: backend, ${rewrite}}`);

test('a TOKEN authorizer needs nothing of Envoy that the fixture does not have', () => {
  assert.deepEqual(check(spoilt('x-lambda-api', 'x-lambda-api'), TOKEN), []);
});

describe('a route with an authorizer whose path Envoy changes afterwards', () => {
  const rewrites = [
    'prefix_rewrite: /',
    'regex_rewrite: {pattern: {regex: "^/orders"}, substitution: ""}',
    'path_rewrite: "/%PATH%"',
    'path_rewrite_policy: {name: x}',
  ];
  for (const rewrite of rewrites) {
    test(`is warned of: ${rewrite}`, () => {
      const [name = ''] = rewrite.split(':');
      only(check(rewritten(rewrite), TOKEN), 'warning', 'changes the path after the authorizer of API orders', name);
      assert.deepEqual(check(rewritten(rewrite)), []);
    });
  }

  const target = '/orders}}], backendRefs';
  const kubernetes = (filters: string, more = ''): readonly string[] => {
    const manifests = envoyGateway.replace(target, `/orders}}], filters: [${filters}], backendRefs`) + more;
    assert.ok(manifests.includes(filters));
    const api = `\n  default:\n    routes: ["httproute/shop/orders/*"]\n    request: [{authorizer: {type: TOKEN}, configuration: {function: f, apiCallTimeoutMs: 9000}}]\n`;
    const document = policies.replace(/\n {2}default:[\s\S]*$/, api);
    return checkEnvoy(manifests, 'k8s.yaml', load(document))
      .map(formatProblem)
      .filter((line) => line.includes('changes the path'));
  };

  test('is warned of where an HTTPRoute says so', () => {
    const lines = kubernetes(
      '{type: URLRewrite, urlRewrite: {path: {type: ReplacePrefixMatch, replacePrefixMatch: /}}}',
    );
    only(
      lines,
      'warning',
      'HTTPRoute shop/orders: spec.rules[0].filters[0].urlRewrite.path: warning: changes the path',
    );
    assert.deepEqual(kubernetes('{type: URLRewrite, urlRewrite: {hostname: a.test}}'), []);
  });

  test('is warned of where an HTTPRouteFilter says so', () => {
    const filter = `---
apiVersion: gateway.envoyproxy.io/v1alpha1
kind: HTTPRouteFilter
metadata: {name: shorter, namespace: shop}
spec: {urlRewrite: {path: {type: ReplaceRegexMatch, replaceRegexMatch: {pattern: "^/a", substitution: /b}}}}
`;
    const reference =
      '{type: ExtensionRef, extensionRef: {group: gateway.envoyproxy.io, kind: HTTPRouteFilter, name: shorter}}';
    only(
      kubernetes(reference, filter),
      'warning',
      'HTTPRouteFilter shop/shorter: spec.urlRewrite.path: warning: changes the path',
    );
    assert.deepEqual(kubernetes(reference), []);
  });
});

test('a header of an identity source that Envoy keeps back is an error', () => {
  const rules = withField('forward_rules: {disallowed_headers: {patterns: [{exact: x-token}]}}');
  only(
    check(rules, guarded('{type: TOKEN, identitySource: method.request.header.X-Token}')),
    'error',
    'depends on headers that Envoy withholds,',
    'x-token',
  );
  assert.deepEqual(check(rules, TOKEN), []);
});

test("the caller's address as an identity source needs source.address", () => {
  const authorizer = guarded(
    '{type: REQUEST, payloadFormatVersion: "2.0", identitySource: [$context.identity.sourceIp]}',
  );
  const found = check(spoilt('x-lambda-api', 'x-lambda-api'), authorizer).filter(isError);
  only(found, 'error', 'every request is a 401', '`source.address`');
  const asked = 'request_attributes: [xds.route_name, source.address, destination.address, request.protocol]';
  assert.deepEqual(check(spoilt('request_attributes: [xds.route_name]', asked), authorizer), []);
});

test('what lets requests pass a route with an authorizer is an error, as on every route that guards', () => {
  const open = spoilt('normalize_path: true', 'normalize_path: false');
  const [guard = ''] = check(open, TOKEN);
  const [other = ''] = check(open);
  assert.ok(isError(guard), guard);
  assert.ok(!isError(other), other);
});

test('an Envoy that listens to no answer is an error where an authorizer guards', () => {
  const lines = check(withField('observability_mode: true'), TOKEN);
  only(
    lines.filter((line) => line.includes('ignores every answer')),
    'error',
    'observability_mode',
  );
});

describe('failing open on a route with an authorizer', () => {
  const metadata = 'overrides:\n                                grpc_initial_metadata';
  const override = (value: boolean, text?: string): string =>
    spoilt(
      metadata,
      metadata.replace('grpc', `failure_mode_allow: ${value}\n                                grpc`),
      text,
    );
  const failing = (text: string, document = TOKEN): readonly string[] =>
    check(text, document).filter((line) => line.includes('failure_mode_allow'));

  test('is an error at the override that says so', () => {
    const text = override(true);
    only(failing(text), 'error', `envoy.yaml:${lineOf(text, 'failure_mode_allow')}:`, 'requests bypass');
  });

  test('is none where the override of the route takes it back', () => {
    const open = withField('failure_mode_allow: true');
    only(failing(open), 'error', `envoy.yaml:${lineOf(open, 'failure_mode_allow')}:`);
    assert.deepEqual(failing(override(false, open)), []);
  });

  test('is an error where the text does not decide whether the route reaches it', () => {
    const text = override(true).replace('value: orders', 'value: "%METADATA(CLUSTER:a:b)%"');
    only(failing(text), 'error', 'requests bypass');
    only(failing(text, TOKEN.replace('authorizer: {type: TOKEN}, ', '')), 'warning', 'requests bypass');
  });
});

test('host in the gRPC metadata of a route is an error, with which Envoy lets requests continue', () => {
  for (const key of ['Host', ':authority']) {
    const lines = check(spoilt('[{key: x-lambda-api', `[{key: "${key}", value: a}, {key: x-lambda-api`), TOKEN);
    only(lines, 'error', `${key.toLowerCase()} cannot be gRPC metadata`);
  }
});

function lineOf(text: string, words: string): number {
  return text.slice(0, text.indexOf(words)).split('\n').length;
}
