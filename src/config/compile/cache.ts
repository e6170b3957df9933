import { createHash } from 'node:crypto';
import { type BodyTemplate, type CompiledTemplate, compileValues, type ValueList } from '../../expression/index.ts';
import { CACHE_ENTRIES, type CacheConfiguration } from '../../policy/index.ts';
import { type DocumentPath, formatPath } from '../problem.ts';
import type { ConfigurationDocument } from '../schema/index.ts';
import type { ConfigurationScope } from './configuration-scope.ts';

/** Which API the kept results belong to, and how they are distinguished from the results of another configuration. */
export interface CachePlace {
  /** See CacheConfiguration. */
  readonly owner: string;
  /** A hash of everything in the document that affects the API. Called only for a step with a cache. */
  readonly configuration: () => string;
}

/** What the step sends; undefined: AWS's events, which hold the whole request. */
type Sent = { readonly payload: BodyTemplate | undefined } | undefined;

/** Compiles `cache` of a step; undefined if nothing is kept, and after a reported error. */
export function compileCache(
  document: ConfigurationDocument,
  sent: Sent,
  path: DocumentPath,
  place: CachePlace | undefined,
  scope: ConfigurationScope,
): CacheConfiguration | undefined {
  const { cache, invocationType } = document;
  if (cache === null || cache === undefined) return undefined;
  const { ttlSeconds, maxEntries } = cache;
  if (ttlSeconds === null || ttlSeconds === undefined) {
    scope.error(['cache'], 'requires ttlSeconds: how many seconds a result is kept, 0 for not at all', 'key');
    return undefined;
  }
  const key = compileKey(cache, sent, scope);
  if (ttlSeconds === 0) return undefined;
  if (invocationType === 'Event' || invocationType === 'DryRun') {
    // A `cache` of `defaults` also applies to steps without a result: only a step's own is an error.
    if (scope.says(['cache'])) scope.error(['cache'], `has no effect: ${invocationType} has no result to keep`, 'key');
    return undefined;
  }
  return {
    ttlMs: ttlSeconds * 1000,
    key,
    maxEntries: maxEntries ?? CACHE_ENTRIES.usual,
    owner: place?.owner ?? '',
    space: hashOf(`${place?.configuration() ?? ''} ${formatPath(path)}`),
  };
}

function compileKey(
  { key, keyIsComplete }: NonNullable<ConfigurationDocument['cache']>,
  sent: Sent,
  scope: ConfigurationScope,
): ValueList | undefined {
  if (key === null || key === undefined) {
    if (keyIsComplete) scope.error(['cache', 'keyIsComplete'], 'has no effect without a key', 'key');
    return undefined;
  }
  const templates: CompiledTemplate[] = [];
  collect(key, ['cache', 'key'], scope, templates);
  if (templates.length === 0 || (templates.length === 1 && templates[0]?.constant?.trim() === '')) {
    scope.error(['cache', 'key'], 'is empty, so no result is ever kept: remove it, then the whole payload is the key');
    return undefined;
  }
  const values = compileValues(templates);
  if (keyIsComplete) return values;
  const remedy =
    'requests that differ in it would share a result: add it to the key, remove the key, or write `keyIsComplete: true` if the result does not depend on it';
  if (sent === undefined) {
    scope.error(
      ['cache', 'key'],
      `leaves out values that the function reads: an event of AWS contains the whole request; ${remedy}`,
    );
    return values;
  }
  const unread = sent.payload === undefined ? [] : values.unread(sent.payload);
  if (unread.length > 0) {
    scope.error(
      ['cache', 'key'],
      `leaves out values that the payload reads, ${unread.slice(0, 5).join(', ')}; ${remedy}`,
    );
  }
  return values;
}

/** The templates in all leaves of a key. Recursive: the reader of documents already limits nesting and size. */
function collect(value: unknown, path: DocumentPath, scope: ConfigurationScope, templates: CompiledTemplate[]): void {
  if (typeof value === 'string') {
    const template = scope.template(path, value);
    if (template !== undefined) templates.push(template);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, inner] of Object.entries(value)) {
      collect(inner, [...path, Array.isArray(value) ? Number(name) : name], scope, templates);
    }
  }
}

/** A hash of all arguments, including the entries of maps. */
export function configurationHash(...data: readonly unknown[]): string {
  const text = JSON.stringify(data, (_, value: unknown) => {
    if (typeof value === 'bigint') return `${value}n`;
    return value instanceof Map ? [...value] : value;
  });
  return hashOf(text);
}

function hashOf(text: string): string {
  return createHash('sha256').update(text, 'utf16le').digest('base64');
}
