import { hash, randomBytes, timingSafeEqual } from 'node:crypto';

/** The session of a browser that has opened the URL. */
export interface Session {
  /** In a cookie that scripts cannot read. A browser sends it to every port of this machine, so it is not sufficient alone. */
  readonly cookie: string;
  /** For the page's own calls, in a header. The page keeps it apart for each port. */
  readonly key: string;
}

/**
 * One URL, one browser: the token is for the first browser, and from then on it works only together with the cookie that it was
 * exchanged for. All comparisons take constant time.
 */
export class Sessions {
  readonly token = secret();
  #session: Session | undefined;

  /** The session for a token and the cookie that came with it; undefined: the token is wrong, or another browser has used it. */
  open(token: string, cookie: string | undefined): Session | undefined {
    if (!isEqual(token, this.token)) return undefined;
    if (this.#session !== undefined) return this.hasCookie(cookie) ? this.#session : undefined;
    this.#session = { cookie: secret(), key: secret() };
    return this.#session;
  }

  hasCookie(cookie: string | undefined): boolean {
    return isEqual(cookie, this.#session?.cookie);
  }

  hasKey(key: string | undefined): boolean {
    return isEqual(key, this.#session?.key);
  }
}

function secret(): string {
  return randomBytes(32).toString('base64url');
}

/** Digests have the same length, which timingSafeEqual requires. */
function isEqual(given: string | undefined, wanted: string | undefined): boolean {
  if (given === undefined || wanted === undefined) return false;
  return timingSafeEqual(hash('sha256', given, 'buffer'), hash('sha256', wanted, 'buffer'));
}
