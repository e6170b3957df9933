// What a line of curl's would send: <https://curl.se/docs/manpage.html>.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UsageError } from '../../../../src/commands/command-line.ts';
import { curlRequest } from '../../../../src/commands/try/curl-request.ts';
import { splitArguments } from '../../../../src/commands/try/split-arguments.ts';

const flags = [
  { name: 'config', value: 'FILE', help: '' },
  { name: 'allow-live', help: '' },
];
const files: Readonly<Record<string, string>> = { 'body.json': '{"a":\r\n1}\n', 'headers.txt': 'x-a: 1\n\nx-b: 2\n' };
const read = async (file: string): Promise<Buffer> => Buffer.from(files[file] ?? assert.fail(`no ${file}`));

async function request(...args: readonly string[]) {
  const { targets, curl } = splitArguments(args, flags);
  const [target = '/', ...others] = targets;
  assert.deepEqual(others, []);
  const { body, headers, ...rest } = await curlRequest(target, curl, read);
  return {
    ...rest,
    headers: Object.fromEntries(headers),
    body: body === undefined ? undefined : Buffer.from(body).toString(),
  };
}

const form = 'application/x-www-form-urlencoded';
const shop = { scheme: 'https', host: 'shop.test', path: '/a?b=c' };
const url = 'https://shop.test/a?b=c';

for (const [args, expected] of [
  [[url], { method: 'GET', ...shop, headers: { accept: '*/*' }, body: undefined }],
  [['/a?b=c'], { method: 'GET', scheme: 'http', host: 'localhost', path: '/a?b=c' }],
  [['shop.test:8080'], { host: 'shop.test:8080', path: '/' }],
  [['http://shop.test?x=1#part'], { host: 'shop.test', path: '/?x=1' }],
  [['curl', '-sS', '-X', 'PUT', url], { method: 'PUT', ...shop }],
  [['-sXDELETE', url], { method: 'DELETE' }],
  [['-I', url], { method: 'HEAD' }],
  [['-d', 'a=b', url], { method: 'POST', headers: { accept: '*/*', 'content-type': form }, body: 'a=b' }],
  [['-d', 'a=b', '-d', 'c=d', url], { body: 'a=b&c=d' }],
  [['-d', '@body.json', url], { body: '{"a":1}' }],
  [['--data-binary', '@body.json', url], { body: '{"a":\r\n1}\n' }],
  [['--data-raw', '@body.json', url], { body: '@body.json' }],
  [['--data-urlencode', "a=b c&'d", url], { body: 'a=b%20c%26%27d' }],
  [
    ['--data-urlencode', '=a b', '--data-urlencode', 'n@headers.txt', url],
    { body: 'a%20b&n=x-a%3A%201%0A%0Ax-b%3A%202%0A' },
  ],
  [
    ['--json', '{"a":1}', url],
    { method: 'POST', headers: { accept: 'application/json', 'content-type': 'application/json' }, body: '{"a":1}' },
  ],
  [['--json', '{"a":', '--json', '1}', url], { body: '{"a":1}' }],
  [
    ['-G', '-d', 'x=1', '-d', 'y=2', url],
    { method: 'GET', path: '/a?b=c&x=1&y=2', headers: { accept: '*/*' }, body: undefined },
  ],
  [['-d', 'a', '-X', 'GET', url], { method: 'GET', body: 'a' }],
  [['-H', 'X-A: 1', '-H', 'accept:', '-H', 'x-empty;', url], { headers: { 'x-a': '1', 'x-empty': '' } }],
  [['-H', 'Content-Type: text/plain', '-d', 'a', url], { headers: { accept: '*/*', 'content-type': 'text/plain' } }],
  [['-H', 'Host: other.test', url], { host: 'other.test', headers: { accept: '*/*' } }],
  [['-H', '@headers.txt', url], { headers: { accept: '*/*', 'x-a': '1', 'x-b': '2' } }],
  [['-u', 'ada:pw', url], { headers: { accept: '*/*', authorization: 'Basic YWRhOnB3' } }],
  [['http://ada:p%77@shop.test/'], { headers: { accept: '*/*', authorization: 'Basic YWRhOnB3' } }],
  [
    ['-b', 'a=1', '-b', 'b=2', '-A', 'me', '-e', 'http://x', '--compressed', url],
    {
      headers: {
        accept: '*/*',
        cookie: 'a=1; b=2',
        'user-agent': 'me',
        referer: 'http://x',
        'accept-encoding': 'deflate, gzip',
      },
    },
  ],
  [['-o', '/tmp/x', '-w', '%{http_code}', '-m', '5', '-k', '-L', '-v', url], { method: 'GET', ...shop }],
  [['-d', '', url], { method: 'POST', body: '' }],
] as const) {
  test(`curl ${args.join(' ')}`, async () => {
    const sent: Readonly<Record<string, unknown>> = await request(...args);
    for (const [name, value] of Object.entries(expected)) assert.deepEqual(sent[name], value, name);
  });
}

test('the command’s own flags are distinguished from curl’s, with their values', () => {
  assert.deepEqual(
    splitArguments(['--config', 'p.yaml', '-X', 'PUT', '--allow-live', '/a', '--config=q.yaml'], flags),
    {
      own: ['--config', 'p.yaml', '--allow-live', '--config=q.yaml'],
      curl: [{ effect: 'method', value: 'PUT' }],
      targets: ['/a'],
    },
  );
  assert.deepEqual(splitArguments(['--', '-X', 'curl'], flags).targets, ['-X', 'curl']);
});

for (const [args, message] of [
  [['--data=x', '/'], 'unknown flag --data=x for try; write it as curl does, --data VALUE'],
  [['--headr', 'x', '/'], 'unknown flag --headr for try; did you mean --header?'],
  [['--confg', 'x', '/'], 'unknown flag --confg for try; did you mean --config?'],
  [['-Q', '/'], 'unknown flag -Q for try; see lambda-ext-proc try --help'],
  [['-F', 'a=b', '/'], 'try does not support -F of curl: describe the request in a file instead'],
  [['--upload-file', 'x', '/'], 'try does not support --upload-file of curl: describe the request in a file instead'],
  [['-X'], '-X needs a value'],
  [['-H', 'nothing', '/'], '--header "nothing" is not "name: value"'],
  [['-b', 'cookies.txt', '/'], '--cookie cookies.txt would be a cookie file, which is not supported; give NAME=VALUE'],
  [['/a b'], '"/a b" has a blank or a control character; write a blank as %20'],
  [['ftp://x/'], 'ftp://x/ is not an HTTP URL: it must begin with http://, https:// or /'],
] as const) {
  test(`curl ${args.join(' ')} is refused`, async () => {
    await assert.rejects(request(...args), (error) => {
      assert.ok(error instanceof UsageError);
      assert.equal(error.message, message);
      return true;
    });
  });
}
