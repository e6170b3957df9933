// Writes the TypeScript types of the external processing service from proto/ to src/ext-proc/generated/.
// With --check it writes nothing and exits with 1 if the committed files differ from those that proto/ gives.
//
// proto-loader-gen-types writes types for every message of every file, 143 files in total, most of them for protobuf's own descriptors.
// Only the types that the service's types import, directly or indirectly, are kept.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';

const root = resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..');
const target = join(root, 'src/ext-proc/generated');
const service = 'envoy/service/ext_proc/v3/ExternalProcessor.ts';
const serviceProto = 'envoy/service/ext_proc/v3/external_processor.proto';

// The options of src/ext-proc's loader: types and values must agree.
const options = ['--keepCase', '--longs=String', '--enums=String', '--oneofs', '--grpcLib=@grpc/grpc-js'];

function generate(directory) {
  const generator = join(root, 'node_modules/@grpc/proto-loader/build/bin/proto-loader-gen-types.js');
  const args = [...options, '--importFileExtension=.ts', '--includeDirs=proto', '-O', directory, serviceProto];
  const run = spawnSync(process.execPath, [generator, ...args], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  if (run.status !== 0) throw new Error('proto-loader-gen-types failed');
}

function reachable(directory, file, found = new Set()) {
  if (found.has(file)) return found;
  found.add(file);
  for (const [, specifier] of readFileSync(join(directory, file), 'utf8').matchAll(/ from '(\.[^']+)'/g)) {
    reachable(directory, join(dirname(file), specifier), found);
  }
  return found;
}

function filesUnder(directory) {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath ?? entry.path, entry.name)));
}

function differences(directory, wanted) {
  const present = new Set(filesUnder(target));
  const stale = [...wanted].filter(
    (file) => !present.has(file) || !readFileSync(join(target, file)).equals(readFileSync(join(directory, file))),
  );
  return [...stale, ...[...present].filter((file) => !wanted.has(file))].sort();
}

const directory = mkdtempSync(join(tmpdir(), 'lambda-ext-proc-types-'));
try {
  generate(directory);
  const wanted = reachable(directory, service);
  if (process.argv.includes('--check')) {
    const stale = differences(directory, wanted);
    if (stale.length > 0) {
      console.error(`src/ext-proc/generated/ is stale (run \`npm run generate\`):\n  ${stale.join('\n  ')}`);
      process.exitCode = 1;
    }
  } else {
    rmSync(target, { recursive: true, force: true });
    for (const file of wanted) cpSync(join(directory, file), join(target, file));
    console.log(`${wanted.size} files in src/ext-proc/generated/`);
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
