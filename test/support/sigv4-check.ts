import { createHash, createHmac } from 'node:crypto';

export interface SignedRequest {
  readonly method: string;
  /** Path and query as they came. */
  readonly target: string;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

/** Undefined: the signature is right. Otherwise AWS's name of what is wrong with it. */
export function signatureError(
  request: SignedRequest,
  secrets: ReadonlyMap<string, string>,
  now: number,
): 'MissingAuthenticationTokenException' | 'UnrecognizedClientException' | 'InvalidSignatureException' | undefined {
  const { headers } = request;
  const found = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/([^,]+), SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
    headers.get('authorization') ?? '',
  );
  if (found === null) return 'MissingAuthenticationTokenException';
  const [, accessKey = '', scope = '', names = '', signature] = found;
  const secret = secrets.get(accessKey);
  if (secret === undefined) return 'UnrecognizedClientException';
  const date = headers.get('x-amz-date') ?? '';
  const time = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (!(Math.abs(now - time) <= 300_000)) return 'InvalidSignatureException';
  if (!names.split(';').includes('host')) return 'InvalidSignatureException';
  return signature === expectedSignature(request, secret, scope, names, date) ? undefined : 'InvalidSignatureException';
}

function expectedSignature(request: SignedRequest, secret: string, scope: string, names: string, date: string): string {
  const [path = '', query = ''] = request.target.split('?');
  const canonical = [
    request.method,
    // What came is encoded once; every service but S3 signs it encoded once more.
    path
      .split('/')
      .map((segment) =>
        encodeURIComponent(segment).replaceAll(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`),
      )
      .join('/'),
    query.split('&').sort().join('&'),
    ...names.split(';').map((name) => `${name}:${(request.headers.get(name) ?? '').trim().replaceAll(/ +/g, ' ')}`),
    '',
    names,
    createHash('sha256').update(request.body).digest('hex'),
  ].join('\n');
  const key = scope.split('/').reduce<string | Buffer>((from, part) => hmac(from, part), `AWS4${secret}`);
  const digest = createHash('sha256').update(canonical).digest('hex');
  return hmac(key, ['AWS4-HMAC-SHA256', date, scope, digest].join('\n')).toString('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
