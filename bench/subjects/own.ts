import { closeSync, existsSync, openSync, readFileSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Child, startChild, waitFor } from '../../scripts/support/child.ts';
import type { BenchCase } from '../cases.ts';
import { accessKeyId, secretAccessKey } from './sign.ts';
import type { StartedServer, Subject, SubjectContext } from './subject.ts';

export interface OwnOptions {
  readonly name: string;
  readonly title: string;
  /** The checkout whose dist/ runs. */
  readonly checkout: string;
  readonly workers: number;
  /** Flags of V8 in addition to those of production. */
  readonly v8Flags?: readonly string[];
}

/** This project as it is built and run in production: `serve` with everything on, its log in a file. */
export function ownSubject(
  { name, title, checkout, workers, v8Flags = [] }: OwnOptions,
  context: SubjectContext,
): Subject {
  const base = join(context.directory, name);
  const addresses = Array.from({ length: workers }, (_, worker) => `unix:${base}-${worker}.sock`);
  return {
    name,
    title,
    addresses,
    can: () => true,
    async start(benchCase) {
      writeFileSync(`${base}.json`, JSON.stringify(policies(benchCase, context, checkout)));
      const args = [...(await productionFlags(checkout)), ...v8Flags, join(checkout, 'dist/main.js')];
      args.push('serve', '--config', `${base}.json`, '--listen', `unix:${base}-{worker}.sock`);
      args.push('--workers', String(workers), '--admin', '127.0.0.1:0');
      // All servers of this project share one cache of compiled code, which is new in each run: an older cache would favour one server.
      const env = { NODE_COMPILE_CACHE: join(context.directory, 'compiled') };
      return startServer(name, args, { log: `${base}.log`, env });
    },
  };
}

/** The flags of the image. A revision that --compare names may be older than the file with the flags. */
async function productionFlags(checkout: string): Promise<readonly string[]> {
  const file = join(checkout, 'dist/commands/node-flags.js');
  return existsSync(file) ? (await import(file)).NODE_FLAGS : [];
}

function policies({ api }: BenchCase, { lambda }: SubjectContext, checkout: string): object {
  // A revision that --compare names may be older than this field.
  const schema = readFileSync(join(checkout, 'schema/policies.schema.json'), 'utf8');
  return {
    version: 1,
    ...(schema.includes('"allowModeOverride"') && { envoy: { allowModeOverride: true } }),
    defaults: { region: 'us-east-1', endpoint: lambda, accessKey: accessKeyId, secretKey: secretAccessKey },
    apis: { bench: api },
  };
}

async function startServer(
  name: string,
  args: readonly string[],
  { log, env }: { readonly log: string; readonly env: Readonly<Record<string, string>> },
): Promise<StartedServer> {
  // The log of the previous start also contains `ready`.
  rmSync(log, { force: true });
  // `exec` replaces the shell with the server, whose log goes directly to a file, as in production, and not through this process.
  const script = 'log=$1; shift; exec "$@" >"$log"';
  const child = startChild(name, 'sh', ['-c', script, 'sh', log, process.execPath, ...args], { env });
  try {
    await waitFor(child, 'ready', () => (beginning(log).includes('"ready"') ? true : undefined));
  } catch (error) {
    await child.stop(0);
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${beginning(log).slice(0, 2000)}`);
  }
  return { pid: child.pid, stop: () => stop(child) };
}

async function stop(child: Child): Promise<void> {
  child.signal('SIGINT');
  await child.stop(100);
}

/** The beginning of the log, which grows by megabytes per second under load. */
function beginning(log: string): string {
  const file = openSync(log, 'r');
  try {
    const buffer = Buffer.alloc(64 * 1024);
    return buffer.toString('utf8', 0, readSync(file, buffer, 0, buffer.byteLength, 0));
  } finally {
    closeSync(file);
  }
}
