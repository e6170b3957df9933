import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { checkEnvoy, checkEnvoyFiles, formatProblem } from '../../../src/config/index.ts';
import { isError, only } from './envoy-checks.ts';
import { envoyGateway, istio, kgateway, policies } from './kubernetes-fixture.ts';
import { load } from './support.ts';

function check(manifests: string, document = policies, name = 'k8s.yaml'): readonly string[] {
  return checkEnvoy(manifests, name, load(document)).map(formatProblem);
}

/** `from` as a text that must be there, with the remedy and the place as a user reads them. */
interface Spoilt {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly document?: string;
  readonly severity?: 'warning';
  readonly tells: readonly string[];
}

function suite(object: string, text: string, cases: readonly Spoilt[]): void {
  for (const { name, from, to, document, severity = 'error', tells } of cases) {
    test(`${object}: ${name}`, () => {
      assert.ok(text.includes(from), from);
      const lines = check(
        text.replace(from, () => to),
        document,
      );
      const [first = ''] = tells;
      const found = lines.filter((line) => line.includes(first));
      assert.ok(found.length > 0, `${first} is missing in ${lines.join('\n') || 'no findings'}`);
      const [line = ''] = found;
      for (const words of tells) assert.ok(line.includes(words), `${words} is missing in: ${line}`);
      assert.equal(isError(line), severity === 'error', line);
      assert.match(line, /^k8s\.yaml:\d+:\d+ /);
      assert.doesNotMatch(line, /`(?:allow_mode_override|message_timeout|failure_mode_allow|request_attributes)/);
    });
  }
}

const guarding = policies.replace(
  'mutations:',
  `sendToConsumer: "{#jsonPath(#lambdaResponse.content, '$.no') == true}", mutations:`,
);
const responding = policies.replace('    request:', '    response:').replace('#request.content', '#response.content');
const POLICY = 'EnvoyExtensionPolicy shop/ext-proc: ';

test('objects for Envoy Gateway that are right have no findings', () => {
  assert.deepEqual(check(envoyGateway), []);
});

test('health checks of Envoy Gateway need the host name of the Backend, or HTTP/2 refuses them', () => {
  const backend = (endpoint: string) =>
    `${envoyGateway}---\napiVersion: gateway.envoyproxy.io/v1alpha1\nkind: Backend\nmetadata: {name: orders, namespace: shop}\nspec: {endpoints: [{${endpoint}unix: {path: /run/lambda-ext-proc/0.sock}}]}\n`;
  assert.deepEqual(check(backend('hostname: lambda-ext-proc, ')), []);
  const [line = '', ...more] = check(backend(''));
  assert.deepEqual(more, []);
  assert.ok(isError(line), line);
  assert.match(line, /EnvoyExtensionPolicy shop\/ext-proc: spec\.extProc\[0\]\.backendRefs: /);
  assert.match(line, /write `Backend\.spec\.endpoints\[\]: \{hostname: lambda-ext-proc\}`/);
});

suite('Envoy Gateway', envoyGateway, [
  {
    name: 'no request',
    from: 'request: {attributes: [xds.route_name]}',
    to: 'response: {}',
    tells: [
      `${POLICY}spec.extProc[0].processingMode.request: no policy ever runs, because`,
      'write `processingMode: {request: {}}`',
    ],
  },
  {
    name: 'no override',
    from: 'allowModeOverride: true',
    to: 'allowModeOverride: false',
    tells: [
      `${POLICY}spec.extProc[0].processingMode.allowModeOverride: `,
      'requests bypass policies',
      'write `processingMode: {allowModeOverride: true}`',
    ],
  },
  {
    name: 'fail open',
    from: 'failOpen: false',
    to: 'failOpen: true',
    severity: 'warning',
    tells: [`${POLICY}spec.extProc[0].failOpen: `, 'write `failOpen: false`'],
  },
  {
    name: 'no timeout',
    from: '      messageTimeout: 10s\n',
    to: '',
    tells: [`${POLICY}spec.extProc[0].messageTimeout: `, '200 ms', 'write `messageTimeout: 9s`'],
  },
  {
    name: 'a timeout in milliseconds',
    from: 'messageTimeout: 10s',
    to: 'messageTimeout: 900ms',
    tells: [`${POLICY}spec.extProc[0].messageTimeout: `, 'gives up after 900 ms'],
  },
  {
    name: 'no attributes',
    from: 'request: {attributes: [xds.route_name]}',
    to: 'request: {}',
    tells: [
      `${POLICY}spec.extProc[0].processingMode.request.attributes: `,
      'write `processingMode: {request: {attributes: [xds.route_name]}}`',
    ],
  },
  {
    name: 'a target whose name fits no api',
    from: 'name: orders}]\n  extProc',
    to: 'name: orders}]\n  extProc',
    document: policies.replace('default:', 'orders:').replace('httproute/shop/orders/*', 'httproute/shop/others/*'),
    tells: [
      `${POLICY}spec.targetRefs[0]: matches no API`,
      'routes: [\\"httproute/shop/orders/*\\"]'.replaceAll('\\', ''),
      'processingMode: {request: {attributes',
    ],
  },
  {
    name: 'shadow mode',
    from: 'failOpen: false',
    to: 'shadowMode: true',
    severity: 'warning',
    tells: [`${POLICY}spec.extProc[0].shadowMode: `, 'Envoy ignores every answer'],
  },
  {
    name: 'no namespaces for metadata',
    from: '      metadata: {writableNamespaces: [lambda-ext-proc]}\n',
    to: '',
    severity: 'warning',
    tells: [`${POLICY}spec.extProc[0].metadata: `, 'write `metadata: {writableNamespaces: [lambda-ext-proc]}`'],
  },
  {
    name: 'retries that run functions twice',
    from: 'triggers: [connect-failure,',
    to: 'triggers: [reset,',
    severity: 'warning',
    tells: [`${POLICY}spec.extProc[0].backendSettings.retry.retryOn: `, 'triggers: [connect-failure, refused-stream]'],
  },
  {
    name: 'no circuit breaker',
    from: '        circuitBreaker: {maxParallelRequests: 100000, maxPendingRequests: 100000, maxParallelRetries: 100000}\n',
    to: '',
    severity: 'warning',
    tells: [`${POLICY}spec.extProc[0].backendSettings.circuitBreaker: `, 'maxParallelRequests: 100000'],
  },
  {
    name: 'a health check of another service',
    from: 'service: envoy.service.ext_proc.v3.ExternalProcessor',
    to: 'service: other',
    tells: [`${POLICY}spec.extProc[0].backendSettings.healthCheck.active.grpc.service: `, 'write `grpc: {service: '],
  },
  {
    name: 'a mutation that it cannot allow',
    from: 'failOpen: false',
    to: 'failOpen: false',
    document: policies.replace('set: {x-a: b}', 'set: {host: b}'),
    tells: [
      `${POLICY}spec.extProc[0]: step step of API default changes host`,
      'EnvoyExtensionPolicy has no field for `mutation_rules`',
      'an EnvoyPatchPolicy can set it',
    ],
  },
  {
    name: 'a longest timeout that it cannot say',
    from: 'failOpen: false',
    to: 'failOpen: false',
    document: policies.replace('messageTimeoutMs: 10000', 'messageTimeoutMs: 10000, maxMessageTimeoutMs: 20000'),
    tells: [
      `${POLICY}spec.extProc[0]: the server has the setting that it may extend`,
      'EnvoyExtensionPolicy has no field for `max_message_timeout`',
    ],
  },
  {
    name: 'a guard',
    from: 'failOpen: false',
    to: 'failOpen: false',
    document: guarding,
    severity: 'warning',
    tells: ['nothing stops a request of API default', 'use an EnvoyPatchPolicy to add the RBAC filter'],
  },
  {
    name: 'a buffer of its default size',
    from: '  connection: {bufferLimit: 6Mi}\n',
    to: '',
    tells: [
      'ClientTrafficPolicy shop/bodies: spec.connection.bufferLimit: bodies over 32768 bytes',
      'write `connection: {bufferLimit: 6Mi}`',
    ],
  },
  {
    name: 'no time-outs of callers',
    from: '  timeout: {http: {requestReceivedTimeout: 300s, streamIdleTimeout: 300s}}\n',
    to: '',
    severity: 'warning',
    tells: [
      'ClientTrafficPolicy shop/bodies: spec.timeout.http.requestReceivedTimeout: ',
      'write `timeout: {http: {requestReceivedTimeout: 300s}}`',
    ],
  },
  {
    name: 'encoded slashes that are kept',
    from: '  connection: {bufferLimit: 6Mi}\n',
    to: '  connection: {bufferLimit: 6Mi}\n  path: {escapedSlashesAction: KeepUnchanged}\n',
    document: guarding,
    tells: ['ClientTrafficPolicy shop/bodies: spec.path.escapedSlashesAction: ', 'guards a path'],
  },
  {
    name: 'no graceful close',
    from: 'ext_proc_graceful_grpc_close: true',
    to: 'ext_proc_graceful_grpc_close: false',
    severity: 'warning',
    tells: ['EnvoyProxy shop/proxy: spec.bootstrap: ', 'jsonPatches'],
  },
  {
    name: 'a body mode that is not whole',
    from: 'allowModeOverride: true\n        request: {attributes: [xds.route_name]}',
    to: 'request: {attributes: [xds.route_name], body: Streamed}',
    tells: [`${POLICY}spec.extProc[0].processingMode.allowModeOverride: API default needs the request's body`],
  },
  {
    name: 'responses that are not sent',
    from: 'allowModeOverride: true',
    to: 'allowModeOverride: false',
    document: responding,
    tells: [`${POLICY}spec.extProc[0].processingMode.allowModeOverride: `, 'the response'],
  },
]);

test('without a ClientTrafficPolicy the limit of buffers is a warning with what may say otherwise', () => {
  const text = envoyGateway.replace(/apiVersion: .*\nkind: ClientTrafficPolicy\n(?:.*\n)*?---\n/, '');
  const lines = check(text);
  only(
    lines,
    'warning',
    `${POLICY}spec.extProc[0]: `,
    'over 32768 bytes',
    'ClientTrafficPolicy.spec.connection: {bufferLimit: 6Mi}',
    'unless a ClientTrafficPolicy that is not in the files',
  );
});

test('routes of a Gateway are those that name it as their parent', () => {
  const gateway = envoyGateway.replace('kind: HTTPRoute, name: orders}]', 'kind: Gateway, name: eg}]');
  only(check(gateway), 'warning', 'its routes are not in the files');
  const attached = gateway.replace('hostnames: [shop.example.com]', 'parentRefs: [{name: eg}]');
  assert.deepEqual(check(attached), []);
  const other = policies.replace('default:', 'orders:').replace('shop/orders', 'shop/others');
  only(check(attached, other).filter(isError), 'error', `${POLICY}spec.targetRefs[0]: matches no API`);
});

test('a rule of a route is reported by its sectionName', () => {
  const section = envoyGateway
    .replace('name: orders}]\n  extProc', 'name: orders, sectionName: create}]\n  extProc')
    .replace('rules: [{', 'rules: [{name: other}, {name: create, ');
  const second = policies
    .replace('httproute/shop/orders/*', 'httproute/shop/orders/rule/1/*')
    .replace('default:', 'orders:');
  assert.deepEqual(check(section, second), []);
  only(
    check(section.replace('sectionName: create', 'sectionName: other'), second).filter(isError),
    'error',
    'matches no API',
  );
});

const FILTER = 'EnvoyFilter istio-ingress/lambda: spec.configPatches';

test('objects for Istio that are right have no findings', () => {
  assert.deepEqual(check(istio), []);
});

for (const [name, from, to, severity, tells, document] of [
  [
    'no override',
    'allow_mode_override: true',
    'allow_mode_override: false',
    'error',
    [`${FILTER}[0].patch.value.typed_config.allow_mode_override: `, '`allow_mode_override: true`'],
    policies,
  ],
  [
    'an api that is not there',
    'value: default}]',
    'value: defualt}]',
    'error',
    [
      `${FILTER}[1].patch.value.typed_per_filter_config["lambda-ext-proc"]`.replace(
        '["lambda-ext-proc"]',
        '.lambda-ext-proc',
      ),
      'is not an API',
      'did you mean default',
    ],
    policies,
  ],
  [
    'a misspelt filter',
    '            lambda-ext-proc:\n',
    '            lambda-extproc:\n',
    'error',
    [
      `${FILTER}[1].patch.value.typed_per_filter_config.lambda-extproc: does not match a filter`,
      'write `lambda-ext-proc`',
    ],
    policies,
  ],
  [
    'no authority',
    ', authority: lambda-ext-proc}',
    '}',
    'error',
    [`${FILTER}[0].patch.value.typed_config.grpc_service.envoy_grpc.authority: `, 'write `authority: lambda-ext-proc`'],
    policies,
  ],
  [
    'fail open',
    'message_timeout: 10s',
    'message_timeout: 10s\n            failure_mode_allow: true',
    'warning',
    [`${FILTER}[0].patch.value.typed_config.failure_mode_allow: `, '`failure_mode_allow: false`'],
    policies,
  ],
  [
    'a small buffer',
    'per_connection_buffer_limit_bytes: 6291456',
    'per_connection_buffer_limit_bytes: 100',
    'error',
    [`${FILTER}[2].patch.value.per_connection_buffer_limit_bytes: `, 'bodies over 100 bytes'],
    policies,
  ],
  [
    'an api that callers choose',
    'value: default}]',
    'value: "%REQ(x)%"}]',
    'error',
    [`${FILTER}[1].patch.value`, 'depends on the request'],
    policies,
  ],
] as const) {
  test(`Istio: ${name}`, () => {
    assert.ok(istio.includes(from), from);
    const lines = check(
      istio.replace(from, () => to),
      document,
    );
    const found = lines.find((line) => line.includes(tells[0]));
    assert.ok(found !== undefined, `${tells[0]} is missing in ${lines.join('\n')}`);
    for (const words of tells) assert.ok(found.includes(words), `${words} is missing in: ${found}`);
    assert.equal(isError(found), severity === 'error', found);
  });
}

test('Istio: what other patches merge into the filter or the route counts, with its own place', () => {
  const merge = `    - applyTo: HTTP_FILTER
      match: {context: GATEWAY, listener: {filterChain: {filter: {subFilter: {name: lambda-ext-proc}}}}}
      patch: {operation: MERGE, value: {typed_config: {failure_mode_allow: true, processing_mode: {request_header_mode: SKIP}}}}
`;
  const lines = check(`${istio}${merge}`);
  assert.equal(lines.length, 2, lines.join('\n'));
  assert.ok(lines.some((line) => line.includes(`${FILTER}[3].patch.value.typed_config.failure_mode_allow: warning`)));
  assert.ok(
    lines.some((line) =>
      line.includes(`${FILTER}[3].patch.value.typed_config.processing_mode.request_header_mode: no policy`),
    ),
  );
  const route = `    - applyTo: HTTP_ROUTE
      match: {context: GATEWAY, routeConfiguration: {vhost: {route: {name: orders}}}}
      patch: {operation: MERGE, value: {typed_per_filter_config: {lambda-ext-proc: {overrides: {grpc_initial_metadata: [{key: x-lambda-api, value: nope}]}}}}}
`;
  only(
    check(`${istio}${route}`),
    'error',
    `${FILTER}[3].patch.value.typed_per_filter_config.lambda-ext-proc.overrides.grpc_initial_metadata[0].value: "nope" is not an API`,
  );
});

test('Istio: filters of the mesh may have entries of their own', () => {
  const cors =
    '"envoy.filters.http.cors": {"@type": type.googleapis.com/envoy.extensions.filters.http.cors.v3.CorsPolicy}\n            lambda-ext-proc:\n';
  assert.deepEqual(check(istio.replace('lambda-ext-proc:\n', cors)), []);
});

test('Istio: a filter that runs everywhere serves routes that no patch names', () => {
  only(check(istio.replace('          disabled: true\n', '')), 'warning', 'some of its routes are not in the files');
});

test('Istio: without a patch of the listener its limit is a warning of the whole object', () => {
  const lines = check(istio.slice(0, istio.indexOf('    - applyTo: LISTENER')));
  only(
    lines,
    'warning',
    'EnvoyFilter istio-ingress/lambda: spec: ',
    'applyTo: LISTENER',
    'unless Istio or an EnvoyFilter that is not in the files',
  );
});

test('Istio: an EnvoyFilter for routes alone says nothing of filters that are elsewhere', () => {
  const routes = istio.replace(/ {4}- applyTo: HTTP_FILTER\n(?: {6}.*\n)+/, '');
  assert.deepEqual(
    check(routes).filter((line) => line.includes('does not match a filter')),
    [],
  );
});

const EXTENSION = 'GatewayExtension shop/lambda: spec.extProc';

test('objects for kgateway that are right have what kgateway cannot say as warnings', () => {
  const lines = check(kgateway);
  assert.deepEqual(lines.filter(isError), []);
  assert.ok(
    lines.every((line) => /metadata_options|unless a ListenerPolicy/.test(line)),
    lines.join('\n'),
  );
  assert.equal(lines.length, 2);
});

test('the buffer limit of a ListenerPolicy of kgateway is the one that counts', () => {
  const policy = (limit: number) =>
    `${kgateway}---\napiVersion: gateway.kgateway.dev/v1alpha1\nkind: ListenerPolicy\nmetadata: {name: bodies, namespace: shop}\nspec: {default: {perConnectionBufferLimitBytes: ${limit}}}\n`;
  const limits = (text: string) => check(text).filter((line) => line.includes('perConnectionBufferLimitBytes'));
  assert.deepEqual(limits(policy(6_291_456)), []);
  const [line = ''] = limits(policy(65_536));
  assert.match(line, /ListenerPolicy shop\/bodies: spec\.default.*: bodies over 65536 bytes/);
  assert.ok(isError(line), line);
});

suite('kgateway', kgateway, [
  {
    name: 'fail open, which is its default',
    from: '    failOpen: false\n',
    to: '',
    severity: 'warning',
    tells: [`${EXTENSION}.failOpen: `, 'write `failOpen: false`'],
  },
  {
    name: 'no override',
    from: '    allowProcessingModeOverride: true\n',
    to: '',
    tells: [`${EXTENSION}.allowProcessingModeOverride: `, 'write `allowProcessingModeOverride: true`'],
  },
  {
    name: 'some overrides',
    from: 'allowProcessingModeOverride: true',
    to: 'allowProcessingModeOverride: true\n    allowedProcessingModeOverrides: [{requestBodyMode: STREAMED}]',
    tells: [`${EXTENSION}.allowedProcessingModeOverrides: `, 'remove it'],
  },
  {
    name: 'no timeout',
    from: '    messageTimeout: 10s\n',
    to: '',
    tells: [`${EXTENSION}.messageTimeout: `, 'write `messageTimeout: 9s`'],
  },
  {
    name: 'no requests',
    from: 'requestHeaderMode: SEND',
    to: 'requestHeaderMode: SKIP',
    tells: [`${EXTENSION}.processingMode.requestHeaderMode: `, 'write `processingMode: {requestHeaderMode: SEND}`'],
  },
  {
    name: 'modes of a TrafficPolicy',
    from: 'extensionRef: {name: lambda}}',
    to: 'extensionRef: {name: lambda}, processingMode: {requestHeaderMode: SKIP}}',
    tells: [
      'TrafficPolicy shop/orders: spec.extProc.processingMode.requestHeaderMode: ',
      'no policy ever runs, because',
    ],
  },
  {
    name: 'an api that is not the default',
    from: 'failOpen: false',
    to: 'failOpen: false',
    document: policies.replace('default:', 'orders:'),
    tells: ['TrafficPolicy shop/orders: spec.extProc: matches no API', 'name the API `default`'],
  },
  {
    name: 'an extension that is not there',
    from: 'extensionRef: {name: lambda}',
    to: 'extensionRef: {name: lamda}',
    tells: ['TrafficPolicy shop/orders: spec.extProc.extensionRef.name: ', 'did you mean lambda?', 'no policy runs'],
  },
  {
    name: 'attributes that it cannot ask for',
    from: 'failOpen: false',
    to: 'failOpen: false',
    document: responding.replace('allowModeOverride: true', 'allowModeOverride: true, responseHeaders: true'),
    severity: 'warning',
    tells: [
      `${EXTENSION}: warning: the server cannot know whether the backend or Envoy made a response`,
      'GatewayExtension has no field for `response_attributes`',
    ],
  },
]);

test('references that lead nowhere are reported with what is near', () => {
  const target = envoyGateway.replace('kind: HTTPRoute, name: orders}]', 'kind: HTTPRoute, name: ordres}]');
  only(
    check(target).filter(isError),
    'error',
    `${POLICY}spec.targetRefs[0].name: there is no such HTTPRoute`,
    'did you mean orders?',
  );
  const section = envoyGateway
    .replace('name: orders}]\n  extProc', 'name: orders, sectionName: creat}]\n  extProc')
    .replace('rules: [{', 'rules: [{name: create, ');
  only(
    check(section).filter(isError),
    'error',
    `${POLICY}spec.targetRefs[0].sectionName: no rule of HTTPRoute shop/orders`,
    'did you mean create?',
  );
  const service = (name: string): string =>
    `---\napiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: shop}\nspec: {http: [{name: ${name}, route: []}]}\n`;
  assert.deepEqual(check(`${istio}${service('orders')}`), []);
  only(
    check(`${istio}${service('order')}`).filter(isError),
    'error',
    `${FILTER}[1].match.routeConfiguration.vhost.route.name: no VirtualService`,
    'did you mean order?',
    'has no effect,',
  );
});

test('objects may be in several files, each told with its own', () => {
  const parts = envoyGateway
    .replace('failOpen: false', 'failOpen: true')
    .replace('  connection: {bufferLimit: 6Mi}\n', '')
    .split('---\n');
  const files = parts.map((text, index) => ({ name: `part-${index}.yaml`, text }));
  const lines = checkEnvoyFiles(files, load(policies)).map(formatProblem);
  assert.equal(lines.length, 2, lines.join('\n'));
  assert.match(
    lines[0] ?? '',
    /^part-0\.yaml:9:17 EnvoyExtensionPolicy shop\/ext-proc: spec\.extProc\[0\]\.failOpen: warning/,
  );
  assert.match(lines[1] ?? '', /^part-2\.yaml:5:3 ClientTrafficPolicy shop\/bodies: spec\.connection\.bufferLimit: /);
});

test('inline policies of a patch are reported with their place', () => {
  const inline = istio.replace(
    '{key: x-lambda-api, value: default}',
    `{key: x-lambda-policies, value: '{"reqest": []}'}`,
  );
  const document = policies.replace('version: 1', 'version: 1\ninline: {functions: [f]}');
  only(
    check(inline, document).filter(isError),
    'error',
    `${FILTER}[1].patch.value.typed_per_filter_config.lambda-ext-proc.overrides.grpc_initial_metadata[0].value.reqest: unknown field`,
  );
});

test('json, lists and what kubectl prints are read', () => {
  const wrong = envoyGateway.replace('failOpen: false', 'failOpen: true');
  const items = parseAllDocuments(wrong).map((document) => document.toJS() as object);
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  only(check(list, policies, 'k8s.json'), 'warning', `k8s.json:1:`, `${POLICY}spec.extProc[0].failOpen: `);
  const typed = JSON.stringify({ apiVersion: 'v1', kind: 'EnvoyExtensionPolicyList', items: items.slice(0, 1) });
  assert.ok(check(typed).some((line) => line.includes(`${POLICY}spec.extProc[0].failOpen: `)));
});

test('other objects are passed over, and a text without any of ours is an error', () => {
  const service = 'apiVersion: v1\nkind: Service\nmetadata: {name: a}\n';
  assert.deepEqual(check(`---\n${service}---\n# nothing\n---\n${envoyGateway}`), []);
  only(check(service).filter(isError), 'error', 'nothing here configures an ext_proc', 'EnvoyExtensionPolicy');
});

test('a patch policy is said not to be followed', () => {
  const patch =
    '---\napiVersion: gateway.envoyproxy.io/v1alpha1\nkind: EnvoyPatchPolicy\nmetadata: {name: p}\nspec: {}\n';
  only(
    check(`${envoyGateway}${patch}`),
    'warning',
    'EnvoyPatchPolicy p: spec: ',
    'are not evaluated: they may resolve findings for other objects; check the final configuration',
  );
});

test('a document that does not parse is reported with its place in the file', () => {
  only(check(`${envoyGateway}---\na: [\n`), 'error', 'not valid YAML');
});

test('objects of odd shapes do not crash', () => {
  for (const spec of [
    'null',
    '[]',
    '{extProc: null}',
    '{extProc: [null, 1, []]}',
    '{configPatches: [{patch: 1}, {patch: {value: []}}]}',
    '{extProc: {grpcService: 1}}',
  ]) {
    for (const kind of [
      'EnvoyExtensionPolicy',
      'EnvoyFilter',
      'GatewayExtension',
      'TrafficPolicy',
      'ClientTrafficPolicy',
      'EnvoyProxy',
      'HTTPRoute',
    ]) {
      const text = `apiVersion: x/v1\nkind: ${kind}\nmetadata: {name: a}\nspec: ${spec}\n`;
      assert.ok(Array.isArray(check(text)));
      assert.ok(Array.isArray(check(`${envoyGateway}---\n${text}`)));
    }
  }
});
