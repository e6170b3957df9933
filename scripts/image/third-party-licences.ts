// Prints the licences of all runtime packages in package-lock.json, from their installed files. Packages with the same text are listed
// together. Usage: node scripts/image/third-party-licences.ts > THIRD-PARTY-LICENCES.txt
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const root = join(import.meta.dirname, '../..');

interface Locked {
  readonly version: string;
  readonly license?: string;
  readonly dev?: true;
}

const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
  readonly packages: Readonly<Record<string, Locked>>;
};

/** Names of packages by the text of their licence. */
const texts = new Map<string, string[]>();
for (const [path, { version, license, dev }] of Object.entries(packages)) {
  if (path === '' || dev === true) continue;
  if (license === undefined) throw new Error(`${path}: has no licence in package-lock.json`);
  const files = readdirSync(join(root, path)).filter((file) => /^(?:licen[cs]e|copying|notice)/i.test(file));
  const text = files.map((file) =>
    readFileSync(join(root, path, file), 'utf8')
      .replaceAll('\r\n', '\n')
      .trim(),
  );
  const name = `${path.replace(/^.*node_modules\//, '')} ${version} (${license})`;
  const key = text.length > 0 ? text.join('\n\n') : withoutText(name, license);
  texts.set(key, [...(texts.get(key) ?? []), name]);
}

/** Some of AWS's packages do not contain the text of their licence, which is the same as this project's. */
function withoutText(name: string, license: string): string {
  if (license === 'Apache-2.0') return 'The text of the Apache License, Version 2.0, is in LICENSE beside this file.';
  throw new Error(`${name} has no file with its licence in ${basename(root)}/node_modules`);
}

const rule = '-'.repeat(80);
const parts = [...texts].map(([text, names]) => `${names.sort().join('\n')}\n\n${text}\n`);
process.stdout.write(
  `Packages that lambda-ext-proc uses, and their licences.\n\n${rule}\n${parts.join(`\n${rule}\n`)}`,
);
