// Runs in the image while it is built. Starts the server and the commands in the same way as the finished image does, so that V8's
// compiled code of their modules is stored. It is valid only for the same Node, flags and user, so it cannot be created outside the image.
// Arguments: the flags of Node that the image starts with.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createInterface } from 'node:readline';

const program = '/app/dist/main.js';
const config = '/app/starter/policies.yaml';
const cache = '/app/node_modules/.cache/lambda-ext-proc';

/** @param {readonly string[]} args */
function start(args) {
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
}

/** @param {import('node:child_process').ChildProcess} child */
async function end(child) {
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${child.spawnargs.join(' ')} ended with ${code}`);
}

const server = start([
  ...process.argv.slice(2),
  program,
  'serve',
  ...['--config', config, '--admin', 'off', '--drain-grace', '0'],
]);
let isReady = false;
for await (const line of createInterface({ input: server.stdout })) {
  if (isReady || JSON.parse(line).msg !== 'ready') continue;
  isReady = true;
  // Wait, because reflection and credentials are loaded after the start. The server writes the compiled code when it ends.
  setTimeout(() => server.kill('SIGTERM'), 3_000);
}
if (server.exitCode === null && server.signalCode === null) await end(server);
if (!isReady || server.exitCode !== 0) throw new Error(`the server ended with ${server.exitCode ?? server.signalCode}`);

for (const args of [
  ['check', config],
  ['health', '--admin', 'off'],
]) {
  const child = start([program, ...args]);
  child.stdout.resume();
  await end(child);
}

const kept = readdirSync(cache, { recursive: true }).length;
if (kept < 100) throw new Error(`only ${kept} files in ${cache}`);
console.log(`compiled code of ${kept} modules kept`);
