import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OTHER, partOf, readStacks, sharesOf } from '../../../bench/measure/stacks.ts';
import { renderProfiles } from '../../../bench/profile.ts';

const text = `MainThread
\t    7f00000000 Builtins_LoadIC (/opt/node)
\t    7f00000010 JS:*'Struct$decode :3:30 ([JIT] tid 17)
\t    7f00000020 JS:*'receive file:///opt/app/dist/ext-proc/stream.js:60:10 ([JIT] tid 17)

V8Worker
\t    7f00000030 v8::internal::Scavenger::Process() (/opt/node)

MainThread
\tffffffff810000 do_writev ([kernel.kallsyms])
\t    7f00000040 JS:*'writev node:internal/http2/core:100:5 ([JIT] tid 17)

MainThread
\t    7f00000050 uv__io_poll (/opt/node)
`;

test('what perf prints is read sample by sample, innermost frame first', () => {
  const samples = [...readStacks(text)];
  assert.equal(samples.length, 4);
  assert.deepEqual(samples[2], {
    thread: 'MainThread',
    frames: ['kernel do_writev', "JS:*'writev node:internal/http2/core:100:5"],
  });
});

test('a sample belongs to the collector, the compiler or the kernel, else to the innermost module of JavaScript', () => {
  assert.deepEqual([...readStacks(text)].map(partOf), [
    'protobufjs',
    'garbage collection',
    'write system calls',
    OTHER,
  ]);
  const js = (frame: string) => partOf({ thread: 'MainThread', frames: ['Builtins_Call', `JS:*${frame}`] });
  assert.equal(js('dispatch /opt/app/node_modules/undici/lib/dispatcher/pool.js:1:1'), 'undici');
  assert.equal(js('emit node:events:489:44'), 'streams, timers, promises and events of Node');
  assert.equal(js('onSessionRead node:internal/http2/core:1:1'), 'node:http2');
  assert.equal(js('sign file:///opt/app/dist/lambda/request/signer.js:15:9'), 'own: invocation');
  assert.equal(
    partOf({ thread: 'V8Worker', frames: ['v8::internal::compiler::PipelineImpl::Run()'] }),
    'compiling JavaScript',
  );
});

test('shares add up, and two profiles stand beside each other', () => {
  const shares = sharesOf(readStacks(text));
  assert.equal(
    [...shares.values()].reduce((sum, share) => sum + share, 0),
    1,
  );
  const table = renderProfiles([
    { title: 'before', micros: 200, shares },
    { title: 'this checkout', micros: 100, shares: new Map([['undici', 1]]) },
  ]);
  assert.match(table, /^\| undici \| 0 \| 0\.0 % \| 100 \| 100\.0 % \|$/m);
  assert.match(table, /^\| protobufjs \| 50\.0 \| 25\.0 % \| 0 \| 0\.0 % \|$/m);
  assert.match(table, /^\| all \| 200 \| 100 % \| 100 \| 100 % \|$/m);
});
