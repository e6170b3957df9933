import { parse } from 'yaml';

/** Fields of a document, and variables, whose values must be in no output. */
const SECRET_FIELD = /^(?:secretKey|sessionToken|password|trustStorePassword|trustStoreContent)$/;
const SECRET_VARIABLE = /SECRET|TOKEN|PASSWORD/;
/** Shorter ones are words of log lines too: they are looked for as a whole value. */
const LONG = 8;
const SHORT = 4;

const marked = new Set<string>();

/** A text that no server of this test may write: what callers send, what functions answer. */
export function secretMarker(name: string): string {
  const marker = `marker-of-${name}-${marked.size}-0xC0FFEE`;
  marked.add(marker);
  return marker;
}

/** The secrets that a server is given. */
export function secretsOf(
  config: string | object | undefined,
  env: Readonly<Record<string, string | undefined>> = {},
): readonly string[] {
  const found: string[] = [];
  collect(typeof config === 'string' ? documentOf(config) : config, found);
  for (const [name, value] of Object.entries(env)) {
    if (SECRET_VARIABLE.test(name) && value !== undefined) found.push(value);
  }
  return [...new Set(found)].filter((text) => text.length >= SHORT && !text.includes('{'));
}

/** Tests give documents that are broken, too. */
function documentOf(text: string): unknown {
  try {
    return parse(text, { logLevel: 'silent' });
  } catch {
    return undefined;
  }
}

function collect(value: unknown, found: string[]): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    if (typeof inner === 'string' && SECRET_FIELD.test(name)) found.push(inner);
    collect(inner, found);
  }
}

/** Looks at all that a server writes. Every server that tests start by `startSidecar` or `startProcessor` has one. */
export class SecretWatch {
  readonly #secrets = new Set<string>();
  readonly #leaks: string[] = [];

  constructor(secrets: readonly string[]) {
    this.know(secrets);
  }

  know(secrets: readonly string[]): void {
    for (const secret of secrets) this.#secrets.add(secret);
  }

  see(line: string): void {
    for (const secret of [...this.#secrets, ...marked]) {
      if (writings(secret).some((text) => line.includes(text)))
        this.#leaks.push(`${secret} in: ${line.slice(0, 2_000)}`);
    }
  }

  /** Throws where a secret was written. */
  check(): void {
    const [first] = this.#leaks;
    if (first === undefined) return;
    throw new Error(`the server wrote a secret of this test, ${this.#leaks.length} times: ${first}`);
  }
}

function writings(secret: string): readonly string[] {
  if (secret.length < LONG) return [JSON.stringify(secret)];
  const base64 = Buffer.from(secret).toString('base64').replace(/=+$/, '');
  return [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret), base64];
}
