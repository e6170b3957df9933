import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { UsageError } from '../../../src/commands/command-line.ts';
import { evalCommand } from '../../../src/commands/eval.ts';

const conformance = join(import.meta.dirname, '../../conformance');

async function run(...args: readonly string[]) {
  let stdout = '';
  let stderr = '';
  const io = {
    stdout: { write: (text: string) => (stdout += text) },
    stderr: { write: (text: string) => (stderr += text) },
    env: {},
  };
  const code = await evalCommand(args, io);
  return { code, stdout, stderr };
}

async function file(t: TestContext, text: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'eval-'));
  t.after(() => rm(directory, { recursive: true }));
  await writeFile(join(directory, 'file'), text);
  return join(directory, 'file');
}

test('a value is printed with exit code 0', async (t) => {
  const context = await file(
    t,
    '{"request": {"method": "POST", "headers": [["X-A", "1"], ["x-a", "2"]]}, "properties": {"a": "b"}}',
  );
  const template = "{#request.method} {#request.headers['x-a']} {#properties.a}";
  assert.deepEqual(await run('--context', context, template), { code: 0, stdout: 'POST 1,2 b\n', stderr: '' });
  assert.deepEqual(await run('{(1 + 1)}'), { code: 0, stdout: '2\n', stderr: '' });
});

test('headers and parameters are an object, with one text or several, or a list of pairs', async (t) => {
  const template =
    "{#request.headers['x-a'][0]}{#request.headers['X-B'][1]}{#request.params['q'][1]}{#response.headers['n'][0]}";
  const contexts = [
    { headers: { 'X-A': 'a', 'x-b': ['b', 'c'] }, params: { q: ['d', 'e'] } },
    {
      headers: [
        ['X-A', 'a'],
        ['x-b', 'b'],
        ['X-B', 'c'],
      ],
      params: [
        ['q', 'd'],
        ['q', 'e'],
      ],
    },
  ];
  for (const request of contexts) {
    const context = await file(t, JSON.stringify({ request, response: { headers: { n: 7 } } }));
    assert.deepEqual(await run('--context', context, template), { code: 0, stdout: 'ace7\n', stderr: '' });
  }
});

test('keys that nothing reads are named, each with what was probably meant', async (t) => {
  const message = async (context: object): Promise<string> => {
    try {
      await run('--context', await file(t, JSON.stringify(context)), 'x');
    } catch (error) {
      assert.ok(error instanceof UsageError);
      return error.message.replaceAll(/\S+\/file: /g, '');
    }
    return assert.fail('no error');
  };
  assert.equal(
    await message({ request: { headrs: {}, body: 'x' }, lambdaResponse: { xyzzy: 1 } }),
    'unknown key request.headrs; did you mean headers?; unknown key request.body; did you mean content?; ' +
      'unknown key lambdaResponse.xyzzy; lambdaResponse has status, content, headers',
  );
  assert.match(
    await message({ request: { headers: 'x-a: 1' } }),
    /^request\.headers must be an object, .* or a list of pairs/,
  );
  assert.match(await message({ request: { headers: { a: null } } }), /^request\.headers\.a must be a text or a list/);
  assert.match(await message({ request: { params: [['a']] } }), /^request\.params has a pair that is not/);
  assert.match(
    await message({ request: { ssl: { clint: 'CN=a' } } }),
    /^unknown key request\.ssl\.clint; did you mean client/,
  );
  assert.match(await message({ request: [] }), /^request must be an object with id, /);
  assert.match(await message([]), /^a context is an object/);
});

test('a request of a test file becomes #request, as the first policy would see it', async (t) => {
  const request = await file(
    t,
    'path: /orders/7?q=a&q=b\nheaders: {X-A: [b, c], host: shop.test}\nbody: {id: 7}\nattributes: {source.address: "192.0.2.7:1"}\n',
  );
  const seen = async (template: string) => (await run('--request', request, template)).stdout.trimEnd();
  assert.equal(await seen("{#request.method} {#request.path} {#request.params['q'][1]}"), 'POST /orders/7 b');
  assert.equal(await seen("{#request.headers['x-a'][1]} {#request.headers['content-type']}"), 'c application/json');
  assert.equal(
    await seen("{#jsonPath(#request.content, '$.id')} {#request.remoteAddress} {#request.host}"),
    '7 192.0.2.7 shop.test',
  );
  const context = await file(t, '{"request": {"method": "GET"}}');
  await assert.rejects(run('--request', request, '--context', context, 'x'), /both have a request: leave one out/);
  const broken = await file(t, 'metod: GET');
  await assert.rejects(run('--request', broken, 'x'), /file:1:1 metod: unknown field, did you mean method/);
});

test('a root that is almost one of the language is reported, and still a variable', async (t) => {
  const context = await file(t, '{"reqest": {"method": "GET"}, "properties": {"a": "b"}, "about": "x"}');
  const { code, stdout, stderr } = await run('--context', context, '{#reqest.method}');
  assert.deepEqual([code, stdout], [0, 'GET\n']);
  assert.match(stderr, /: reqest is taken as a variable; did you mean request\?\n$/);
});

test('null is an empty line with exit code 3', async () => {
  assert.deepEqual(await run('{#unknown}'), { code: 3, stdout: '\n', stderr: '' });
});

test('an error is explained with exit code 1', async () => {
  const { code, stdout, stderr } = await run("{('a'.lenght())}");
  assert.equal(code, 1);
  assert.equal(stdout, '');
  assert.match(stderr, /^there is no method 'lenght' on a string \(did you mean 'length'\?\)\n.*\n {8}\^\n$/);
});

test('a table gives one line for each case in order', async (t) => {
  const contexts = await file(t, '{"contexts": {"one": {"a": {"$long": "7"}}, "two": {}}}');
  const cases = await file(
    t,
    [
      '{"id": "1", "context": "one", "template": "{#a}", "category": "x", "outcome": "ignored"}',
      '',
      '{"id": "2", "context": "two", "template": "{#a}"}',
      '{"id": "3", "context": "two", "template": "{#a.b}"}',
    ].join('\n'),
  );
  const { code, stdout } = await run('--contexts', contexts, '--cases', cases);
  assert.equal(code, 0);
  assert.deepEqual(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
    [
      { id: '1', outcome: 'value', value: '7' },
      { id: '2', outcome: 'null' },
      { id: '3', outcome: 'error', error: "'b' cannot be read: #a is null" },
    ],
  );
});

test('the whole table of the original runs', async () => {
  const cases = join(conformance, 'open.jsonl');
  const { code, stdout } = await run('--contexts', join(conformance, 'contexts.json'), '--cases', cases);
  assert.equal(code, 0);
  assert.equal(stdout.split('\n').length, (await readFile(cases, 'utf8')).split('\n').length);
  assert.doesNotMatch(stdout, /"unexpected: /);
});

test('what cannot be read is named', async (t) => {
  const broken = await file(t, '{');
  const contexts = await file(t, '{"contexts": {}}');
  const cases = await file(t, '{"id": "1", "context": "none", "template": "a"}');
  const usage = (message: RegExp) => (error: unknown) => error instanceof UsageError && message.test(error.message);
  await assert.rejects(run('--context', broken, 'a'), usage(/file: /));
  await assert.rejects(run('--context', '/no/such/file', 'a'), usage(/\/no\/such\/file cannot be read: ENOENT/));
  await assert.rejects(run('--contexts', contexts, '--cases', cases), usage(/:1: there is no context 'none'/));
  await assert.rejects(run('--contexts', contexts, '--cases', broken), usage(/:1: /));
  await assert.rejects(run('--contexts', contexts), usage(/--context FILE or --request FILE and 'TEMPLATE'/));
  await assert.rejects(run(), usage(/--context FILE or --request FILE and 'TEMPLATE'/));
});
