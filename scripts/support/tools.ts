import { existsSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** The Envoy to run: `ENVOY_BIN`, otherwise the one that `node scripts/setup.mjs` has installed in `.local/`. */
export function envoyBinary(): string {
  return tool('ENVOY_BIN', 'envoy');
}

/** The local AWS to run: `MINISTACK_BIN`, otherwise the one that `node scripts/setup.mjs` has installed in `.local/`. */
export function ministackBinary(): string {
  return tool('MINISTACK_BIN', 'ministack');
}

function tool(variable: string, name: string): string {
  const path = process.env[variable] || join(root, '.local/venv/bin', name);
  if (!existsSync(path)) throw new Error(`${path} does not exist: run \`node scripts/setup.mjs\`, or set ${variable}`);
  return path;
}
