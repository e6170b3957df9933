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

/**
 * The path from the nearest object with a name on: `route orders: typed_per_filter_config…` for what would be twelve names and
 * numbers from the top of an Envoy configuration. Undefined where no object on the way has a name.
 */
export function subjectOf(data: unknown, path: DocumentPath): string | undefined {
  let value: unknown = data;
  let subject: string | undefined;
  for (const [index, part] of path.entries()) {
    value = childOf(value, part);
    const list = path[index - 1];
    if (typeof part !== 'number' || typeof list !== 'string') continue;
    const kind = NAMED.get(list.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
    const name = kind === undefined ? undefined : nameOf(value);
    if (name === undefined) continue;
    const rest = formatPath(withoutWrapping(path.slice(index + 1)));
    subject = `${kind} ${name}${rest === '' ? '' : `: ${rest}`}`;
  }
  return subject;
}

/** `typed_per_filter_config.NAME.overrides` and `typed_config` say nothing that the name and the rest do not say. */
function withoutWrapping(path: DocumentPath): DocumentPath {
  const [first, , ...inner] = path;
  if (first === 'typed_config' || first === 'typedConfig') return path.slice(1);
  if (first !== 'typed_per_filter_config' && first !== 'typedPerFilterConfig') return path;
  const from = inner[0] === 'config' ? 1 : 0;
  return inner[from] === 'overrides' ? inner.slice(from + 1) : path;
}

/** By its own name, or by what a route without one is for. */
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
