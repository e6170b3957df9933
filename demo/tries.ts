/** One request of the demo and its expected answer. */
export interface Try {
  readonly shows: string;
  readonly method?: 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** A body is JSON with these fields and perhaps others, or exactly this text. */
  readonly expect: { readonly status: number; readonly body: unknown };
}

export const tries: readonly Try[] = [
  {
    shows: 'no Lambda: the filter is off on this route',
    path: '/plain',
    expect: { status: 200, body: { backend: 'GET /plain', body: '' } },
  },
  {
    shows: "enrich, then forward: the function's result becomes the header x-tier",
    method: 'POST',
    path: '/orders',
    // The caller's own value is replaced.
    headers: { 'x-tier': 'platinum' },
    body: '{"customer":"ada"}',
    expect: {
      status: 200,
      body: {
        backend: 'POST /orders',
        headers: { 'x-tier': 'gold' },
        changedByPolicies: { 'x-tier': 'platinum → gold' },
        body: '{"customer":"ada"}',
      },
    },
  },
  {
    shows: 'a function answers instead of the backend',
    path: '/quote?item=tea',
    expect: { status: 200, body: { item: 'tea', available: true, price: 3 } },
  },
  {
    shows: 'an answer that is streamed while the function runs',
    method: 'POST',
    path: '/chat',
    body: '{"prompt":"hello there"}',
    expect: { status: 200, body: ['You', 'said:', 'hello', 'there'].map((word) => `data: ${word}\n\n`).join('') },
  },
  {
    shows: 'response transformation: card numbers are masked',
    path: '/cards',
    expect: {
      status: 200,
      body: {
        cards: [
          { owner: 'ada', number: '************1111' },
          { owner: 'bob', number: '************0004' },
        ],
      },
    },
  },
  {
    shows: "inline policies in the route's metadata",
    path: '/hello/world',
    expect: { status: 200, body: { hello: '/hello/world' } },
  },
  {
    shows: 'a function that decides: no token',
    path: '/private',
    expect: { status: 403, body: { error: 'no valid token' } },
  },
  {
    shows: 'a function that decides: with a token',
    path: '/private',
    headers: { authorization: 'Bearer letmein' },
    expect: { status: 200, body: { backend: 'GET /private', headers: { 'x-user': 'ada' }, body: '' } },
  },
  {
    shows: 'a function that fails: the error key in a response template',
    path: '/broken',
    expect: { status: 502, body: { error: 'AWS_LAMBDA_INVALID_RESPONSE' } },
  },
];

/** The curl line that does the same, for a POSIX shell. */
export function curlLine(url: string, { method, path, headers = {}, body, expect }: Try): string {
  const quote = (text: string) => (/^[\w:/.-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
  // -N: curl prints an answer while it arrives.
  const words = ['curl', typeof expect.body === 'string' ? '-sN' : '-s'];
  // With a body curl sends a POST by itself.
  if (method && body === undefined) words.push('-X', method);
  for (const [name, value] of Object.entries(headers)) words.push('-H', quote(`${name}: ${value}`));
  if (body !== undefined) words.push('-d', quote(body));
  return [...words, quote(`${url}${path}`)].join(' ');
}

export interface Outcome {
  readonly status: number;
  readonly body: string;
  readonly milliseconds: number;
  /** Status and body are the expected ones. */
  readonly asExpected: boolean;
}

export async function attempt(url: string, { method, path, headers, body, expect }: Try): Promise<Outcome> {
  const started = performance.now();
  const answer = await fetch(`${url}${path}`, {
    method: method ?? 'GET',
    ...(headers && { headers }),
    ...(body !== undefined && { body }),
    signal: AbortSignal.timeout(15_000),
  });
  const text = await answer.text();
  const milliseconds = performance.now() - started;
  const asExpected = answer.status === expect.status && isSame(text, expect.body);
  return { status: answer.status, body: text, milliseconds, asExpected };
}

function isSame(text: string, expected: unknown): boolean {
  if (typeof expected === 'string') return text === expected;
  try {
    return includes(JSON.parse(text), expected);
  } catch {
    return false;
  }
}

/** Every field of an expected object is there; everything else, including lists, is equal. */
export function includes(value: unknown, expected: unknown): boolean {
  if (typeof expected !== 'object' || expected === null) return value === expected;
  if (typeof value !== 'object' || value === null || Array.isArray(value) !== Array.isArray(expected)) return false;
  if (Array.isArray(expected) && expected.length !== (value as unknown[]).length) return false;
  const fields = value as Readonly<Record<string, unknown>>;
  return Object.entries(expected).every(([name, field]) => includes(fields[name], field));
}
