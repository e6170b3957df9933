import { UsageError } from '../command-line.ts';
import { type RequestDocument, readRequest } from './case-document.ts';
import { type CurlRequest, curlRequest } from './curl-request.ts';
import { readBytes } from './read-texts.ts';
import type { SplitArguments } from './split-arguments.ts';

/** A file by its name; another one is `@FILE`. */
const FILE_NAME = /^(?:@(.+)|(?!.*:\/\/)(.+\.(?:ya?ml|json)))$/is;

/** REQUEST: a file, or a URL with curl's options; undefined if there is neither. Throws UsageError and PolicyDocumentError. */
export async function readRequestArgument({ curl, targets }: SplitArguments): Promise<RequestDocument | undefined> {
  const urls = [...targets, ...curl.filter(({ effect }) => effect === 'url').map(({ value }) => value)];
  const [target, second] = urls;
  if (second !== undefined) {
    throw new UsageError(`two requests: ${JSON.stringify(target)} and ${JSON.stringify(second)}; try runs one`);
  }
  const options = curl.filter(({ effect }) => effect !== 'ignored' && effect !== 'url');
  const [, marked, named] = FILE_NAME.exec(target ?? '') ?? [];
  const file = marked ?? named;
  if (file !== undefined) {
    if (options.length > 0)
      throw new UsageError(`${file} describes the whole request; it cannot be combined with options of curl`);
    return readRequest((await readBytes(file)).toString('utf8'), file);
  }
  if (target === undefined && options.length === 0) return undefined;
  return documentOf(await curlRequest(target ?? '/', options, readBytes));
}

/** As a test file would write it. */
function documentOf({ method, scheme, host, path, headers, body }: CurlRequest): RequestDocument {
  const byName = new Map<string, string[]>([['host', [host]]]);
  for (const [name, value] of headers) byName.set(name, [...(byName.get(name) ?? []), value]);
  return {
    method,
    scheme: scheme === 'https' ? 'https' : 'http',
    path,
    headers: Object.fromEntries(
      [...byName].map(([name, values]) => [name, values.length === 1 ? (values[0] ?? '') : values]),
    ),
    ...(body === undefined || body.length === 0 ? {} : bodyOf(Buffer.from(body))),
  };
}

function bodyOf(bytes: Buffer): Pick<NonNullable<RequestDocument>, 'body' | 'bodyBase64'> {
  const text = bytes.toString('utf8');
  return Buffer.from(text).equals(bytes) ? { body: text } : { bodyBase64: bytes.toString('base64') };
}
