import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { excerpt, run, SetupError, step } from './step.mjs';

/** `npm run build`, if the sources have changed since the last build. */
export function build(root) {
  const stamp = join(root, '.local/build.stamp');
  const sources = fingerprint(root);
  const output = join(root, 'dist/main.js');
  provideCommand(root);
  if (existsSync(output) && existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) return;
  step('build of dist/', () => {
    const built = run('npm', ['run', '--silent', 'build'], { cwd: root });
    if (!built?.ok) throw new SetupError(`the build failed:\n${excerpt(built?.output ?? 'npm is not in PATH', -30)}`);
    mkdirSync(join(root, '.local'), { recursive: true });
    writeFileSync(stamp, sources);
  });
}

const COMMAND = `#!/bin/sh
# Runs the build of this checkout with its Node 24, for \`npx lambda-ext-proc\`. Created by \`npm run setup\`.
bin=$(dirname "$(readlink -f "$0")")
exec "$bin/node" "$bin/../../dist/main.js" "$@"
`;

/** npm creates this file where the package is installed. Without it, npx in a checkout would search the registry. */
function provideCommand(root) {
  const file = join(root, 'node_modules/.bin/lambda-ext-proc');
  if (existsSync(file) && readFileSync(file, 'utf8') === COMMAND) return;
  writeFileSync(file, COMMAND, { mode: 0o755 });
}

/** Names, sizes and times: so a deleted file counts as a change too. */
function fingerprint(root) {
  const hash = createHash('sha256');
  const add = (path) => {
    const { size, mtimeMs } = statSync(join(root, path));
    hash.update(`${path} ${size} ${mtimeMs}\n`);
  };
  for (const file of ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json']) add(file);
  for (const entry of readdirSync(join(root, 'src'), { recursive: true }).sort()) add(join('src', entry));
  return hash.digest('hex');
}
