import { readFileSync } from 'node:fs';

export interface PageFile {
  readonly type: string;
  readonly body: Buffer;
}

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
};

/** The only files that are served, by the names under which they are. */
const NAMES = ['index.html', 'page.css', 'page.js', 'calls.js', 'elements.js', 'run-view.js'] as const;

/** By path, as `/page.js`; the page itself is `/`. They are in memory: no request names a file. */
export function readPageFiles(): ReadonlyMap<string, PageFile> {
  // playground/ is two levels above src/playground/ and above dist/playground/ alike.
  const directory = new URL('../../playground/', import.meta.url);
  return new Map(
    NAMES.map((name) => {
      const type = TYPES[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
      return [name === 'index.html' ? '/' : `/${name}`, { type, body: readFileSync(new URL(name, directory)) }];
    }),
  );
}
