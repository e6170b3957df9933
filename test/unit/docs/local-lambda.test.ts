// The local Lambda of docs/guides/run-on-this-machine.md.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startLocalLambda } from '../../../demo/local-lambda.ts';
import { freePort } from '../../../scripts/support/free-port.ts';
import { temporaryDirectory } from '../../../scripts/support/temporary-directory.ts';

const STREAMS = `
export const handler = awslambda.streamifyResponse(async (event, stream) => {
  stream.setContentType('text/plain');
  const body = awslambda.HttpResponseStream.from(stream, { statusCode: 201 });
  if (event.text !== undefined) body.write(event.text);
  if (event.fail) throw new RangeError('no more');
  body.end();
});`;

test('functions answer and stream, and what they throw is a function error', async (t) => {
  const directory = temporaryDirectory('local-lambda-');
  t.after(() => directory.remove());
  const files = { streams: join(directory.path, 'streams.mjs'), whole: join(directory.path, 'whole.mjs') };
  writeFileSync(files.streams, STREAMS);
  writeFileSync(
    files.whole,
    'export const handler = ({ fail }) => { if (fail) throw new Error("bad"); return { ok: true }; };',
  );
  const port = await freePort();
  const lambda = await startLocalLambda(port, files);
  t.after(() => lambda.stop());
  const ask = async (path: string, event: object | string) => {
    const body = typeof event === 'string' ? event : JSON.stringify(event);
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', body });
    return {
      status: response.status,
      error: response.headers.get('x-amz-function-error'),
      text: await response.text(),
    };
  };
  const invoke = (name: string, event: object) => ask(`/2015-03-31/functions/${name}/invocations`, event);
  const stream = (name: string, event: object) =>
    ask(`/2021-11-15/functions/${name}/response-streaming-invocations`, event);

  assert.deepEqual(await invoke('whole', {}), { status: 200, error: null, text: '{"ok":true}' });
  const failed = await invoke('whole', { fail: true });
  assert.deepEqual([failed.error, JSON.parse(failed.text)], ['Unhandled', { errorType: 'Error', errorMessage: 'bad' }]);
  assert.equal((await invoke('absent', {})).status, 404);
  assert.equal((await invoke('streams', {})).status, 400);
  assert.match((await stream('whole', {})).text, /\{"ok":true\}[\s\S]*InvokeComplete[\s\S]*\{\}/);
  const streamed = await stream('streams', { text: 'hello' });
  assert.match(streamed.text, /\{"statusCode":201\}\0{8}[\s\S]*hello[\s\S]*InvokeComplete[\s\S]*\{\}/);
  const empty = await stream('streams', {});
  assert.doesNotMatch(empty.text, /statusCode/, "AWS's runtime sends the prelude with the first write");
  const refused = await ask('/2015-03-31/functions/whole/invocations', 'no JSON');
  assert.deepEqual(
    [refused.status, JSON.parse(refused.text).Message.slice(0, 39)],
    [400, 'Could not parse request body into json:'],
  );
  const cut = await stream('streams', { text: 'hello', fail: true });
  assert.match(cut.text, /hello[\s\S]*InvokeComplete[\s\S]*\{"ErrorCode":"RangeError","ErrorDetails":"no more"\}/);
});
