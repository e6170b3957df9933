import type { ServerResponse } from 'node:http';

/**
 * The page runs only its own files: no inline script, no foreign style, no frame around it, and no way
 * from a text to a script (trusted types).
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  // The URL has the token. Not no-referrer: some browsers hide the Origin then, from the page's own server too.
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;

export interface PlaygroundAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

export function textAnswer(status: number, text: string): PlaygroundAnswer {
  return { status, type: 'text/plain; charset=utf-8', body: `${text}\n` };
}

export function jsonAnswer(status: number, value: unknown): PlaygroundAnswer {
  return { status, type: 'application/json; charset=utf-8', body: JSON.stringify(value) };
}

export function send(response: ServerResponse, answer: PlaygroundAnswer, method: string | undefined): void {
  if (response.headersSent || response.destroyed) return;
  const { status, type, body, headers } = answer;
  const length = Buffer.byteLength(body);
  response.writeHead(status, { ...HEADERS, ...headers, 'content-type': type, 'content-length': length });
  response.end(method === 'HEAD' ? undefined : body);
}
