import { type DocumentPath, formatPath } from '../problem.ts';

/** Lists of an Envoy configuration whose items people know by their name. */
const NAMED: ReadonlyMap<string, string> = new Map([
  ['routes', 'route'],
  ['virtual_hosts', 'virtual host'],
  ['http_filters', 'filter'],
  ['listeners', 'listener'],
  ['clusters', 'cluster'],
  ['resources', 'resource'],
]);

/** Fields of a dump and of a connection manager that hold one. */
const SINGLE: ReadonlyMap<string, string> = new Map([
  ['listener', 'listener'],
  ['route_config', 'route configuration'],
  ['cluster', 'cluster'],
  ['ecds_filter', 'filter'],
]);

/**
 * The path from the nearest named object on, such as `route orders: typed_per_filter_config…`, instead of a dozen names and numbers
 * from the root of an Envoy configuration. If several objects have the name, the objects around it are named too: `filter ext_proc of
 * listener main`. Undefined if no object on the path has a name.
 */
export function subjectOf(data: unknown, path: DocumentPath): string | undefined {
  const names: string[] = [];
  let rest = path;
  let value: unknown = data;
  for (const [index, part] of path.entries()) {
    value = childOf(value, part);
    const name = titleOf(value, part, path[index - 1]);
    if (name === undefined) continue;
    names.unshift(name);
    rest = path.slice(index + 1);
  }
  if (names.length === 0) return undefined;
  const titles = titlesIn(data);
  const alone = names.findIndex((name) => (titles.get(name) ?? 0) < 2);
  const subject = names.slice(0, alone === -1 ? names.length : alone + 1).join(' of ');
  const field = formatPath(withoutWrapping(rest));
  return `${subject}${field === '' ? '' : `: ${field}`}`;
}

/** `route orders`; undefined for what is none of the objects above. */
function titleOf(value: unknown, part: string | number, list: string | number | undefined): string | undefined {
  const kind = typeof part === 'string' ? SINGLE.get(inSnakeCase(part)) : NAMED.get(inSnakeCase(String(list)));
  const name = kind === undefined ? undefined : nameOf(value);
  return name === undefined ? undefined : `${kind} ${name}`;
}

function inSnakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** How often each title occurs, counted once for each document. */
const counted = new WeakMap<object, ReadonlyMap<string, number>>();

function titlesIn(data: unknown): ReadonlyMap<string, number> {
  if (typeof data !== 'object' || data === null) return new Map();
  const known = counted.get(data);
  if (known !== undefined) return known;
  const titles = new Map<string, number>();
  const visit = (value: unknown, list: string | number | undefined): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const key of Object.keys(value)) {
      const part = Array.isArray(value) ? Number(key) : key;
      const child = childOf(value, part);
      const title = titleOf(child, part, list);
      if (title !== undefined) titles.set(title, (titles.get(title) ?? 0) + 1);
      visit(child, part);
    }
  };
  visit(data, undefined);
  counted.set(data, titles);
  return titles;
}

/** Removes `typed_per_filter_config.NAME.overrides` and `typed_config`, which add nothing to the name and the rest of the path. */
function withoutWrapping(path: DocumentPath): DocumentPath {
  const [first, , ...inner] = path;
  if (first === 'typed_config' || first === 'typedConfig') return path.slice(1);
  if (first !== 'typed_per_filter_config' && first !== 'typedPerFilterConfig') return path;
  const from = inner[0] === 'config' ? 1 : 0;
  return inner[from] === 'overrides' ? inner.slice(from + 1) : path;
}

/** The object's own name, or the path that a route without a name matches. */
function nameOf(value: unknown): string | undefined {
  const name = textOf(value, 'name');
  if (name !== undefined) return name;
  const match = childOf(value, 'match');
  const path = textOf(match, 'prefix') ?? textOf(match, 'path') ?? textOf(match, 'path_separated_prefix');
  return path === undefined ? undefined : `of ${path}`;
}

function textOf(value: unknown, key: string): string | undefined {
  const text = childOf(value, key);
  return typeof text === 'string' && /^[\x21-\x7e]{1,128}$/.test(text) ? text : undefined;
}

function childOf(value: unknown, part: string | number): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
  return (value as Record<string | number, unknown>)[part];
}
