import type { Secret, SecretRefusal, SecretSource } from '../../expression/index.ts';
import { createLambdaInvoker, type ProcessInvoker } from '../../lambda/index.ts';
import { version } from '../version.ts';

/** What a live run has read that no output may show. */
export class SeenSecrets {
  readonly values = new Set<string>();

  /** A source that records what is read from it. */
  of(source: SecretSource): SecretSource {
    return {
      find: (scheme, name) => {
        const found = source.find(scheme, name);
        return 'refused' in found ? found : this.#noting(found);
      },
    };
  }

  note(value: string | undefined): void {
    if (value !== undefined) this.values.add(value);
  }

  #noting(secret: Secret): Secret | SecretRefusal {
    const read = (): string => {
      const text = secret.read();
      this.note(text);
      return text;
    };
    return { read, refresh: () => secret.refresh?.() };
  }
}

/** Variables from which the SDK reads keys and tokens. Their values are masked whether or not they were used. */
const SECRET_VARIABLES = [
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN',
] as const;
const PROXY_VARIABLES = ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY'] as const;

/** The invoker of a server, on this machine's credentials. */
export function liveInvoker(seen: SeenSecrets): ProcessInvoker {
  for (const name of SECRET_VARIABLES) seen.note(process.env[name]);
  for (const name of PROXY_VARIABLES) seen.note(passwordOf(process.env[name]));
  return createLambdaInvoker({
    userAgent: `lambda-ext-proc/${version()}`,
    onCredentials: ({ accessKeyId, secretAccessKey, sessionToken }) => {
      seen.note(accessKeyId);
      seen.note(secretAccessKey);
      seen.note(sessionToken);
    },
  });
}

function passwordOf(proxy: string | undefined): string | undefined {
  const url = proxy === undefined ? undefined : URL.parse(proxy);
  try {
    return url?.password ? decodeURIComponent(url.password) : undefined;
  } catch {
    return url?.password;
  }
}
