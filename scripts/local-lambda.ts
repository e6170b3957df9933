// Runs your own functions for a sidecar on this machine, including functions that stream:
//
//   node scripts/local-lambda.ts report=function.mjs who=who.mjs [--port 4567]
//
// Each file exports `handler`. Files are loaded once: restart the program after a change.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startLocalLambda } from '../demo/local-lambda.ts';
import { isFree } from './support/free-port.ts';

const USAGE = 'usage: node scripts/local-lambda.ts NAME=FILE.mjs … [--port N]';

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { port: { type: 'string', default: '4567' } },
    allowPositionals: true,
  });
  const files = Object.fromEntries(positionals.map(fileOf));
  if (positionals.length === 0) throw new Error(USAGE);
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new Error(`--port must be 1 to 65535, not ${values.port}`);
  if (!(await isFree(port))) throw new Error(`port ${port} is in use (\`npm start\` uses 4567): choose another --port`);
  await startLocalLambda(port, files);
  console.log(`local-lambda: ${Object.keys(files).join(', ')} at http://127.0.0.1:${port} until Ctrl-C`);
}

function fileOf(argument: string): readonly [name: string, file: string] {
  const at = argument.indexOf('=');
  if (at < 1) throw new Error(`${argument} is not NAME=FILE.mjs; ${USAGE}`);
  return [argument.slice(0, at), resolve(argument.slice(at + 1))];
}

try {
  await main();
} catch (error) {
  console.error(`local-lambda: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
