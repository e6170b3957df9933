import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { writePages } from './pages.ts';

const root = join(import.meta.dirname, '..');
const directory = join(root, '.local/site');

/** Where the built site is. */
export const SITE = join(directory, 'dist');

/** Builds the site from the Markdown files into .local/site/dist. VitePress is installed at the first time. */
export function buildSite(): void {
  install();
  writePages(join(directory, 'src'));
  mkdirSync(join(directory, '.vitepress'), { recursive: true });
  const config = relative(join(directory, '.vitepress'), join(import.meta.dirname, 'config.ts'));
  writeFileSync(join(directory, '.vitepress/config.mts'), `export { default } from '${config}';\n`);
  run(join(directory, 'node_modules/.bin/vitepress'), ['build', '.'], { ...process.env, SITE_REPOSITORY: root });
}

function install(): void {
  mkdirSync(directory, { recursive: true });
  const lock = readFileSync(join(import.meta.dirname, 'package-lock.json'), 'utf8');
  const installed = join(directory, 'package-lock.json');
  const isThere = existsSync(join(directory, 'node_modules/vitepress'));
  if (isThere && existsSync(installed) && readFileSync(installed, 'utf8') === lock) return;
  for (const file of ['package.json', 'package-lock.json'])
    cpSync(join(import.meta.dirname, file), join(directory, file));
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], process.env);
}

function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv): void {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: directory, encoding: 'utf8', env });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed:\n${stdout}${stderr}`);
}

if (import.meta.main) {
  buildSite();
  console.log(`${relative(process.cwd(), SITE)} has the site; \`npx serve\` or any server of files shows it.`);
}
