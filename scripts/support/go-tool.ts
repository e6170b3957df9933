import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** Go programs that tests run, with their exact versions. */
const tools = {
  actionlint: 'github.com/rhysd/actionlint/cmd/actionlint@v1.7.12',
  egctl: 'github.com/envoyproxy/gateway/cmd/egctl@v1.9.0',
  helm: 'helm.sh/helm/v4/cmd/helm@v4.3.1',
  kubeconform: 'github.com/yannh/kubeconform/cmd/kubeconform@v0.8.0',
} as const;

export type GoTool = keyof typeof tools;

/** Whether Go is installed. */
export function hasGo(): boolean {
  try {
    execFileSync('go', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** The program's path. It is built once, into .local/go-tools: egctl takes five minutes, the others one. */
export function goTool(name: GoTool): string {
  const version = tools[name].slice(tools[name].lastIndexOf('@') + 1);
  const directory = join(root, '.local/go-tools', `${name}-${version}`);
  const program = join(directory, name);
  if (!existsSync(program)) {
    mkdirSync(directory, { recursive: true });
    build(['install', '-ldflags=-s -w', tools[name]], { GOBIN: directory });
  }
  return program;
}

/** The path of a program of this repository that is a Go module of its own. */
export function goProgram(source: string): string {
  const program = join(root, '.local/go-tools', basename(source));
  build(['-C', source, 'build', '-o', program, '.'], {});
  return program;
}

function build(args: readonly string[], env: Readonly<Record<string, string>>): void {
  execFileSync('nice', ['-n', '15', 'go', ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}
