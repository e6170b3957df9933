import { UsageError } from '../command-line.ts';
import type { GivenOption } from './split-arguments.ts';

/** A request as curl would send it. */
export interface CurlRequest {
  readonly method: string;
  readonly scheme: string;
  readonly host: string;
  /** With the query. */
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array | undefined;
}

/** Reads a file, or standard input for `-`. Throws UsageError. */
export type ReadBytes = (file: string) => Promise<Buffer>;

const FORM = 'application/x-www-form-urlencoded';

/**
 * What curl would send for these options: data makes it a POST with a form's content type, `accept` is everything. Throws
 * UsageError.
 */
export async function curlRequest(
  target: string,
  options: readonly GivenOption[],
  read: ReadBytes,
): Promise<CurlRequest> {
  const last = (effect: GivenOption['effect']): string | undefined =>
    options.findLast((option) => option.effect === effect)?.value;
  const url = readUrl(target);
  const data = await dataOf(options, read);
  const asQuery = last('query') !== undefined;
  const isJson = last('json') !== undefined;
  const headers = new CurlHeaders();
  headers.preset('accept', isJson ? 'application/json' : '*/*');
  if (data !== undefined && !asQuery) headers.preset('content-type', isJson ? 'application/json' : FORM);
  if (last('compressed') !== undefined) headers.preset('accept-encoding', 'deflate, gzip');
  const user = last('user') ?? url.user;
  if (user !== undefined) headers.preset('authorization', `Basic ${Buffer.from(user).toString('base64')}`);
  for (const name of ['user-agent', 'referer'] as const) {
    const value = last(name);
    if (value !== undefined) headers.preset(name, value);
  }
  const cookie = options.filter(({ effect }) => effect === 'cookie').map(({ value }) => cookieOf(value));
  if (cookie.length > 0) headers.preset('cookie', cookie.join('; '));
  for (const { effect, value } of options) if (effect === 'header') await headers.add(value, read);
  const query = asQuery && data !== undefined ? data.toString() : '';
  return {
    method: last('method') ?? (last('head') !== undefined ? 'HEAD' : data === undefined || asQuery ? 'GET' : 'POST'),
    scheme: url.scheme,
    host: headers.host ?? url.host,
    path: query === '' ? url.path : url.path + (url.path.includes('?') ? '&' : '?') + query,
    headers: headers.list(),
    body: asQuery ? undefined : data,
  };
}

interface Url {
  readonly scheme: string;
  readonly user: string | undefined;
  readonly host: string;
  readonly path: string;
}

const URL_FORM = /^(?:(https?):\/\/)?(?:([^/?#@]*)@)?([^/?#]*)([^#]*)/is;

/** Not by `URL`: the path stays as written, because policies see it like that. */
function readUrl(target: string): Url {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: no URL has one.
  if (/[\x00-\x20\x7f]/.test(target)) {
    throw new UsageError(`${JSON.stringify(target)} has a blank or a control character; write a blank as %20`);
  }
  const [, scheme = 'http', user, host = '', rest = ''] = URL_FORM.exec(target) ?? [];
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(target) && !/^https?:/i.test(target)) {
    throw new UsageError(`${target.slice(0, 80)} is not an HTTP URL: it must begin with http://, https:// or /`);
  }
  const path = rest === '' || rest.startsWith('?') ? `/${rest}` : rest;
  const decodedUser = user === undefined ? undefined : decodeUser(user);
  return { scheme: scheme.toLowerCase(), user: decodedUser, host: host === '' ? 'localhost' : host, path };
}

function decodeUser(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function cookieOf(value: string): string {
  if (value.includes('=')) return value;
  throw new UsageError(`--cookie ${value} would be a cookie file, which is not supported; give NAME=VALUE`);
}

async function dataOf(options: readonly GivenOption[], read: ReadBytes): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  for (const { effect, value } of options) {
    const part = await pieceOf(effect, value, read);
    if (part === undefined) continue;
    // Pieces of --json are concatenated, those of a form are fields.
    if (parts.length > 0 && effect !== 'json') parts.push(Buffer.from('&'));
    parts.push(part);
  }
  return parts.length === 0 ? undefined : Buffer.concat(parts);
}

async function pieceOf(effect: GivenOption['effect'], value: string, read: ReadBytes): Promise<Buffer | undefined> {
  const file = value.startsWith('@') ? value.slice(1) : undefined;
  switch (effect) {
    case 'data':
      return file === undefined
        ? Buffer.from(value)
        : Buffer.from((await read(file)).filter((byte) => byte !== 0x0a && byte !== 0x0d && byte !== 0));
    case 'data-binary':
    case 'json':
      return file === undefined ? Buffer.from(value) : read(file);
    case 'data-raw':
      return Buffer.from(value);
    case 'data-urlencode':
      return Buffer.from(await urlEncoded(value, read));
    default:
      return undefined;
  }
}

/** `content`, `=content`, `name=content`, `@file`, `name@file`. */
async function urlEncoded(value: string, read: ReadBytes): Promise<string> {
  const [, name = '', sign, rest = ''] = /^([^=@]*)([=@])(.*)$/s.exec(value) ?? [];
  const content = sign === undefined ? value : sign === '@' ? (await read(rest)).toString() : rest;
  const encoded = encodeURIComponent(content).replaceAll(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return name === '' ? encoded : `${name}=${encoded}`;
}

/** The headers of -H, and those that curl sends by itself unless -H names them. */
class CurlHeaders {
  readonly #own = new Map<string, string>();
  readonly #given: (readonly [string, string])[] = [];
  #host: string | undefined;

  get host(): string | undefined {
    return this.#host;
  }

  preset(name: string, value: string): void {
    this.#own.set(name, value);
  }

  /** `Name: value`, `Name:` (not sent), `Name;` (empty), `@file` with one in each line. */
  async add(text: string, read: ReadBytes): Promise<void> {
    if (text.startsWith('@')) {
      const lines = (await read(text.slice(1))).toString().split(/\r?\n/);
      for (const line of lines) if (line.trim() !== '') this.#addLine(line);
    } else this.#addLine(text);
  }

  #addLine(line: string): void {
    const [, name = '', sign, rest = ''] = /^([^:;\s]+)\s*([:;])(.*)$/s.exec(line) ?? [];
    if (sign === undefined || (sign === ';' && rest.trim() !== '')) {
      throw new UsageError(`--header ${JSON.stringify(line.slice(0, 80))} is not "name: value"`);
    }
    const value = rest.trim();
    const key = name.toLowerCase();
    this.#own.delete(key);
    if (key === 'host') this.#host = value === '' ? undefined : value;
    else if (value !== '' || sign === ';') this.#given.push([key, value]);
  }

  list(): readonly (readonly [string, string])[] {
    return [...this.#own, ...this.#given];
  }
}
