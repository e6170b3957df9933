// Mistakes in a file of tests are told with place and remedy, before anything runs.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formatProblem } from '../../../src/config/index.ts';
import { runFiles } from '../../support/policy-tests.ts';

const policies = `version: 1
apis:
  orders:
    routes: ["orders-*"]
    request: [{configuration: {function: f}}]
`;

async function problems(text: string, document = policies): Promise<readonly string[]> {
  const { files } = await runFiles({ 't.yaml': text, 'policies.yaml': document });
  return files.flatMap((file) => file.problems.map(formatProblem));
}

const right = `policies: policies.yaml
tests:
  - name: a
    api: orders
    functions: {f: {result: 1}}
    expect: {error: null}
`;

const cases: readonly (readonly [what: string, text: string, problem: string])[] = [
  [
    'an unknown field',
    right.replace('expect:', 'reqest: {}\n    expect:'),
    't.yaml:6:5 tests.0.reqest: unknown field, did you mean request?',
  ],
  [
    'an unknown field of an answer',
    right.replace('result: 1', 'reslt: 1'),
    't.yaml:5:21 tests.0.functions.f.reslt: unknown field, did you mean result?',
  ],
  [
    'an unknown field of an answer in a list',
    right.replace('{result: 1}', '[{reslt: 1}]'),
    't.yaml:5:22 tests.0.functions.f.0.reslt: unknown field, did you mean result?',
  ],
  [
    'an unknown field of a call',
    right.replace('error: null', 'calls: [{function: f, paylod: 1}]'),
    't.yaml:6:36 tests.0.expect.calls.0.paylod: unknown field, did you mean payload?',
  ],
  [
    'a field one level too high',
    right.replace('expect: {error: null}', 'path: /x\n    expect: {error: null}'),
    't.yaml:6:5 tests.0.path: unknown field: write it under `request`',
  ],
  ['no tests', 'policies: policies.yaml\ntests: []\n', 't.yaml:2:8 tests: expected at least 1'],
  ['no document', 'tests: [{name: a, expect: {error: null}}]\n', 't.yaml:1:1 policies: is missing: expected text'],
  [
    'a document that is not there',
    right.replace('policies.yaml', 'other.yaml'),
    't.yaml:1:11 policies: other.yaml: there is no such file',
  ],
  [
    'a test that cannot fail',
    right.replace('{error: null}', '{}'),
    't.yaml:6:13 tests.0.expect: expects nothing, so that the test cannot fail: write calls, forwarded, response, attributes or error',
  ],
  [
    'null that nobody wrote',
    right.replace('expect: {error: null}', 'expect:\n      error:'),
    't.yaml:7:7 tests.0.expect.error: is empty: write null for "there is none", or a value',
  ],
  [
    'a header of null that nobody wrote',
    right.replace('expect: {error: null}', 'expect: {forwarded: {headers: {x-a: }}}'),
    't.yaml:6:36 tests.0.expect.forwarded.headers.x-a: is empty: write null for "there is none", or a value',
  ],
  [
    'a name twice',
    `${right}  - {name: a, api: orders, expect: {error: null}}\n`,
    't.yaml:7:12 tests.1.name: is already the name of the test in line 3: names must be unique',
  ],
  [
    'an answer of nothing',
    right.replace('{result: 1}', '{delayMs: 1}'),
    't.yaml:5:20 tests.0.functions.f: has no answer: write result, chunks, functionError, error, status or failure',
  ],
  [
    'an answer of two kinds',
    right.replace('{result: 1}', '{result: 1, error: ServiceException}'),
    't.yaml:5:32 tests.0.functions.f.error: cannot be combined with result: an answer has exactly one of them',
  ],
  [
    'an error that AWS does not have',
    right.replace('{result: 1}', '{error: TooManyRequestException}'),
    't.yaml:5:28 tests.0.functions.f.error: is not the name of a known AWS error, did you mean TooManyRequestsException?',
  ],
  [
    'a failure that does not exist',
    right.replace('{result: 1}', '{failure: conection-failed}'),
    't.yaml:5:30 tests.0.functions.f.failure: expected no-credentials or role-refused or too-many-invocations or too-many-sessions or circuit-open or connection-timeout or read-timeout or timeout or connection-failed or answer-too-large, did you mean connection-failed?',
  ],
  [
    'an error key that does not exist',
    right.replace('error: null', 'error: AWS_LAMBDA_INVALID_RESPONS'),
    't.yaml:6:21 tests.0.expect.error: is not an error key, did you mean AWS_LAMBDA_INVALID_RESPONSE?',
  ],
  [
    'a number for a header',
    right.replace('functions:', 'request: {headers: {x-n: 1}}\n    functions:'),
    't.yaml:5:30 tests.0.request.headers.x-n: expected text in quotes, or a list of texts, got a number',
  ],
  [
    'a pseudo-header',
    right.replace('functions:', "request: {headers: {':path': /x}}\n    functions:"),
    't.yaml:5:25 tests.0.request.headers[":path"]: is not a header: write method, path, scheme, or the header host',
  ],
  [
    'an API that does not exist',
    right.replace('api: orders', 'api: ordes'),
    't.yaml:4:10 tests.0.api: is not an API of the document, did you mean orders?',
  ],
  [
    'no API',
    right.replace('    api: orders\n', ''),
    't.yaml:3:5 tests.0: selects no API: write api or route (APIs are orders)',
  ],
];

describe('a file of tests', () => {
  test('that is right has no problems', async () => assert.deepEqual(await problems(right), []));
  for (const [what, text, problem] of cases) {
    test(`with ${what}`, async () => assert.deepEqual(await problems(text), [problem]));
  }

  test('whose YAML is broken is reported with its place', async () => {
    const [problem = ''] = await problems('policies: [\n');
    assert.match(problem, /^t\.yaml:\d+:\d+ /);
  });

  test('of a document with errors has those of the document', async () => {
    const found = await problems(right, policies.replace('function: f', 'functon: f'));
    assert.match(
      found[0] ?? '',
      /^policies\.yaml:5:\d+ apis\.orders\.request\.0\.configuration\.functon: unknown field/,
    );
  });

  test('without a stand-in for a secret names it, and where to write it', async () => {
    const secret =
      'accessKey: "{#secrets.get(\'env:LAMBDA_EXT_PROC_SECRET_A\')}", secretKey: "{#secrets.get(\'file:/run/b\')}"';
    const document = policies.replace('function: f', `function: f, ${secret}`);
    const found = await problems(right, document);
    assert.equal(found.length, 2);
    assert.match(
      found[0] ?? '',
      /accessKey: the secret env:LAMBDA_EXT_PROC_SECRET_A has no value in the test: write it under secrets in t\.yaml$/,
    );
    const standIns = "secrets: {'env:LAMBDA_EXT_PROC_SECRET_A': a, 'file:/run/b': b}\n";
    assert.deepEqual(await problems(standIns + right, document), []);
  });
});

test('defaults are laid under each test, and a test says otherwise', async () => {
  const { files } = await runFiles({
    'policies.yaml': policies,
    't.yaml': {
      policies: 'policies.yaml',
      defaults: {
        api: 'orders',
        request: { path: '/a', headers: { 'x-a': '1', 'x-b': '1' }, body: 'below' },
        functions: { f: { result: 1 } },
        backend: { status: 404 },
      },
      tests: [
        { name: 'as they are', expect: { forwarded: { path: '/a', body: 'below' }, response: { status: 404 } } },
        {
          name: 'otherwise',
          request: { path: '/b', headers: { 'x-b': '2' }, bodyBase64: 'AAEC' },
          functions: { f: { error: 'ServiceException' } },
          expect: { error: 'AWS_LAMBDA_INVALID_RESPONSE' },
        },
        {
          name: 'merged',
          request: { headers: { 'x-b': '2' } },
          backend: { body: 'b' },
          expect: {
            forwarded: { path: '/a', headers: { 'x-a': '1', 'x-b': '2' } },
            response: { status: 404, body: 'b' },
          },
        },
        { name: 'of a route', route: 'nowhere', expect: { error: 'LAMBDA_EXT_PROC_UNMATCHED' } },
      ],
    },
  });
  const results = files.flatMap((file) => file.results);
  assert.equal(results.length, 4);
  for (const { name, problem, mismatches } of results) assert.deepEqual([problem, mismatches], [undefined, []], name);
});
