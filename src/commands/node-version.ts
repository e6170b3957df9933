import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const NEEDED_NODE = 24;

/** npm's package `node`, whose program is a Node: of this checkout, or of the project that this package is installed in. */
const NEIGHBOURS = ['../../node_modules/node/', '../../../node/'] as const;

/**
 * Goes on at once where this Node can run the program. An older one would fail later, with a message that does not help: it passes the
 * command to a newer Node that npm has installed with this package, or says what to do. Then this never resolves.
 */
export async function requireNode(running: string): Promise<void> {
  if (Number.parseInt(running, 10) >= NEEDED_NODE) return;
  const node = newerNode();
  if (node !== undefined) return await handOver(node);
  process.stderr.write(
    `lambda-ext-proc: needs Node ${NEEDED_NODE} or later, this is Node ${running}; one that is installed beside it is used by itself: ` +
      `\`npm run setup\` in a checkout, \`npm install node@${NEEDED_NODE}\` in a project\n`,
  );
  process.exit(1);
}

function newerNode(): string | undefined {
  for (const place of NEIGHBOURS) {
    const url = new URL(place, import.meta.url);
    const program = fileURLToPath(new URL('bin/node', url));
    if (program !== process.execPath && existsSync(program) && majorOf(new URL('package.json', url)) >= NEEDED_NODE) {
      return program;
    }
  }
  return undefined;
}

function majorOf(manifest: URL): number {
  try {
    return Number.parseInt(String(JSON.parse(readFileSync(manifest, 'utf8')).version), 10);
  } catch {
    return 0;
  }
}

async function handOver(node: string): Promise<never> {
  const child = spawn(node, [...process.execArgv, ...process.argv.slice(1)], { stdio: 'inherit' });
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGUSR2'] as const) process.on(signal, () => child.kill(signal));
  // A terminal sends it to both.
  process.on('SIGINT', () => {
    if (!process.stdin.isTTY) child.kill('SIGINT');
  });
  const [code, signal] = await new Promise<readonly [number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (...ended) => resolve(ended));
  });
  if (signal !== null) {
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  }
  process.exit(code ?? 1);
}
