import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const inside = 'LAMBDA_EXT_PROC_TEST_NAMESPACE';

/**
 * Runs a file of tests in a network namespace of its own, where addresses can be AWS's: true in there. Outside it makes
 * one test of the whole file, which needs root and `unshare` and fails without them. `commands` set the network up.
 */
export function inNamespace(fileUrl: string, commands: readonly string[]): boolean {
  if (process.env[inside] !== undefined) return true;
  test('in a network namespace', async () => {
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const script = ['set -e', 'ip link set lo up', ...commands, 'exec "$0" --test "$1"'].join('\n');
    const args = ['--net', '--mount', 'sh', '-c', script, process.execPath, fileURLToPath(fileUrl)];
    const child = spawn('unshare', args, { env: { ...env, [inside]: '1' }, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    assert.equal(code, 0, `\n${output}`);
    process.stdout.write(output);
  });
  return false;
}

/** The command that gives the loopback an address. */
export const onLoopback = (address: string): string =>
  `ip addr add ${address}${address.includes(':') ? '/128' : '/32'} dev lo`;
