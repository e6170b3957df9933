import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, extname, join, normalize, relative } from 'node:path';

const root = join(import.meta.dirname, '..');
/** Pages of the site outside of docs/, where they exist. */
const TOP = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md', 'RELEASES.md'];
/** Files of the repository that pages link to are pages below this folder. */
const FILES = 'files';
const CODE = /^(?:```|~~~)/;

/** Copies the Markdown files of the repository to `target` as pages. Links to other files lead to pages that show them. */
export function writePages(target: string): void {
  rmSync(target, { recursive: true, force: true });
  const pages = [...TOP.filter((file) => existsSync(join(root, file))), ...globSync('docs/**/*.md', { cwd: root })];
  const shown = new Set<string>();
  for (const page of pages) write(target, pageOf(page), linked(page, pages, shown));
  for (const image of globSync('docs/**/*.{svg,png}', { cwd: root })) {
    mkdirSync(dirname(join(target, image)), { recursive: true });
    cpSync(join(root, image), join(target, image));
  }
  // A folder that is shown links to its files, which are then shown too.
  for (const file of shown) write(target, shownAs(file), fileText(file, shown));
}

const pageOf = (page: string): string => (page === 'README.md' ? 'index.md' : page);
/** VitePress reads a name that ends in .md or .html as a page, and leaves out names that begin with a dot. */
const shownAs = (file: string): string =>
  `${FILES}/${file.replace(/\.(md|html)$/, '-$1').replaceAll(/(^|\/)\./g, '$1')}.md`;

function linked(page: string, pages: readonly string[], shown: Set<string>): string {
  let isCode = false;
  const lines = readFileSync(join(root, page), 'utf8').split('\n');
  const changed = lines.map((line) => {
    if (CODE.test(line.trimStart())) isCode = !isCode;
    return isCode
      ? line
      : line.replaceAll(/\]\(([^)\s:]+)\)/g, (link, address: string) => {
          const [path = '', anchor] = address.split('#');
          if (path === '' || /\.(?:svg|png)$/.test(path)) return link;
          const file = normalize(join(dirname(page), path)).replace(/\/$/, '');
          const isPage = pages.includes(file);
          if (!isPage) shown.add(file);
          const to = relative(dirname(page), isPage ? pageOf(file) : shownAs(file));
          return `](./${to}${anchor === undefined ? '' : `#${anchor}`})`;
        });
  });
  return changed.join('\n');
}

function fileText(file: string, shown: Set<string>): string {
  const path = join(root, file);
  const front = '---\neditLink: false\nprev: false\nnext: false\n---\n';
  if (statSync(path).isDirectory()) {
    const names = readdirSync(path).filter((name) => !name.startsWith('.') && statSync(join(path, name)).isFile());
    for (const name of names) shown.add(`${file}/${name}`);
    const link = (name: string): string => relative(dirname(shownAs(file)), shownAs(`${file}/${name}`));
    return `${front}# ${file}\n\n${names.map((name) => `- [${name}](./${link(name)})`).join('\n')}\n`;
  }
  const language = extname(file).slice(1) || 'text';
  return `${front}# ${file}\n\n\`\`\`\`\`${language}\n${readFileSync(path, 'utf8')}\n\`\`\`\`\`\n`;
}

function write(target: string, page: string, text: string): void {
  mkdirSync(dirname(join(target, page)), { recursive: true });
  writeFileSync(join(target, page), text);
}
