import { closeSync, lstatSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { ImageConfig } from './buildah.ts';

const LIMIT = 200_000_000;
/** Programs that run other programs, or that shell scripts need. */
const SHELLS = /^(?:sh|bash|dash|ash|zsh|ksh|busybox|toybox|env|perl|python[\d.]*|apt|apt-get|dpkg|npm|npx)$/;
const LABELS = ['title', 'description', 'licenses', 'version', 'revision', 'created', 'source', 'base.name'];

interface Found {
  readonly bytes: number;
  readonly paths: readonly string[];
  /** Compiled programs, without libraries. */
  readonly programs: readonly string[];
  /** `name@version` of each installed package. */
  readonly packages: readonly string[];
}

/** Checks the files of the image against its documented properties, and returns what was found. */
export function checkFiles(files: string, baseBytes: number): readonly string[] {
  const { bytes, paths, programs, packages } = walk(files);
  if (bytes >= LIMIT) throw new Error(`the image has ${megabytes(bytes)}, more than ${megabytes(LIMIT)}`);
  const shells = paths.filter(
    (path) => SHELLS.test(path.slice(path.lastIndexOf('/') + 1)) && !path.startsWith('/app/'),
  );
  if (shells.length > 0) throw new Error(`the image has ${shells.join(', ')}`);
  if (programs.length !== 1) throw new Error(`the image has other programs than Node: ${programs.join(', ')}`);
  checkBill(files, packages);
  checkLicences(files, packages);
  return [
    `${megabytes(bytes)} of files: ${megabytes(baseBytes)} the stand-in of the base image, ${megabytes(bytes - baseBytes)} its own`,
    `no shell; the only program is ${programs.join()}`,
    `${packages.length} packages, each in sbom.cdx.json and in THIRD-PARTY-LICENCES.txt`,
  ];
}

export function bytesOf(files: string): number {
  return walk(files).bytes;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function walk(files: string): Found {
  let bytes = 0;
  const paths: string[] = [];
  const programs: string[] = [];
  const packages: string[] = [];
  for (const path of filesUnder(files)) {
    const inside = path.slice(files.length);
    const { size, mode } = lstatSync(path);
    bytes += size;
    paths.push(inside);
    if ((mode & 0o111) !== 0 && !/\.so[.\d]*$/.test(inside) && isCompiled(path)) programs.push(inside);
    if (/\/node_modules\/(?:@[^/]+\/)?[^/@.]+[^/]*\/package\.json$/.test(inside)) {
      const { name, version } = JSON.parse(readFileSync(path, 'utf8'));
      if (name !== undefined && version !== undefined) packages.push(`${name}@${version}`);
    }
  }
  return { bytes, paths, programs, packages };
}

/** Whether the file has the format ELF, that of Linux programs. */
function isCompiled(path: string): boolean {
  const file = openSync(path, 'r');
  try {
    const start = Buffer.alloc(4);
    readSync(file, start);
    return start.toString('latin1') === '\x7fELF';
  } finally {
    closeSync(file);
  }
}

/** Does not follow links to directories, unlike Node's own recursive reading, which would count `/lib` twice. */
function* filesUnder(directory: string): Generator<string> {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) yield* filesUnder(path);
    if (entry.isFile()) yield path;
  }
}

function checkBill(files: string, packages: readonly string[]): void {
  const { bomFormat, metadata, components } = JSON.parse(readFileSync(join(files, 'app/sbom.cdx.json'), 'utf8')) as {
    readonly bomFormat: string;
    readonly metadata: { readonly component: { readonly name: string } };
    readonly components: readonly { readonly group?: string; readonly name: string; readonly version: string }[];
  };
  if (bomFormat !== 'CycloneDX') throw new Error(`sbom.cdx.json is of the format ${bomFormat}`);
  if (metadata.component.name !== 'lambda-ext-proc') throw new Error(`sbom.cdx.json is of ${metadata.component.name}`);
  const told = components.map(({ group, name, version }) => `${group ? `${group}/` : ''}${name}@${version}`);
  const missing = packages.filter((each) => !told.includes(each));
  const gone = told.filter((each) => !packages.includes(each));
  if (missing.length + gone.length > 0) {
    throw new Error(
      `sbom.cdx.json lacks ${missing.join(', ') || 'none'}, and has without need ${gone.join(', ') || 'none'}`,
    );
  }
}

function checkLicences(files: string, packages: readonly string[]): void {
  const text = readFileSync(join(files, 'app/THIRD-PARTY-LICENCES.txt'), 'utf8');
  const missing = packages.filter((each) => !text.includes(`\n${each.replace(/@([^@]+)$/, ' $1')} (`));
  if (missing.length > 0) throw new Error(`THIRD-PARTY-LICENCES.txt lacks ${missing.join(', ')}`);
  for (const own of ['LICENSE', 'NOTICE']) readFileSync(join(files, 'app', own));
}

/** Checks the configuration of the image against its documented properties; `given` are the label values of this build. */
export function checkConfig(config: ImageConfig, given: Readonly<Record<string, string>>): void {
  const { User, Entrypoint, Healthcheck, Labels } = config;
  if (!/^[1-9]\d*:[1-9]\d*$/.test(User)) throw new Error(`the user ${User} is not numeric, or is root`);
  if (!Entrypoint[0].startsWith('/'))
    throw new Error(`the entry point ${Entrypoint.join(' ')} needs a shell or a PATH`);
  if (Healthcheck.Test[0] !== 'CMD') throw new Error('the health check needs a shell');
  for (const label of LABELS) {
    const value = Labels[`org.opencontainers.image.${label}`];
    if (!value || value !== (given[label] ?? value)) throw new Error(`the label ${label} is ${value}`);
  }
}
