import { readFileSync } from 'node:fs';

export interface PageFile {
  readonly type: string;
  readonly body: Buffer;
}

const TYPES = {
  'page.css': 'text/css; charset=utf-8',
  'parts.css': 'text/css; charset=utf-8',
  'page.js': 'text/javascript; charset=utf-8',
  'icon.svg': 'image/svg+xml',
} as const;

/** The only files that are served, by path, e.g. `/admin/page.css`. They are in memory: a request cannot name a file. */
export function readPageFiles(): ReadonlyMap<string, PageFile> {
  // admin/ is two levels above src/admin-page/ and above dist/admin-page/ alike.
  const directory = new URL('../../admin/', import.meta.url);
  return new Map(
    Object.entries(TYPES).map(([name, type]) => {
      return [`/admin/${name}`, { type, body: readFileSync(new URL(name, directory)) }];
    }),
  );
}
