/** The store's address and the secrets that seal its values. Plain texts: a change of any of them means another store. */
export interface StoreSettings {
  readonly host: string;
  readonly port: number;
  /** Number of the database. */
  readonly database: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** Undefined: no TLS. */
  readonly tls: StoreTls | undefined;
  readonly secret: string;
  /** Values that were sealed with it are still read. */
  readonly previousSecret: string | undefined;
}

/** PEM texts. */
export interface StoreTls {
  /** Trusted instead of the usual authorities. */
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
}

/** The settings of a document, whose secrets may change while it is in force. */
export interface StoreSource {
  /** Refreshes the secrets. Undefined if they are current; never rejects. */
  refresh(): Promise<void> | undefined;
  /** Throws an Error that names the field, without its text. */
  read(): StoreSettings;
}

/** Anyone who sees a name or a value of the store could guess shorter ones. */
export const SECRET_CHARACTERS = 16;

export type StoreAddress = Pick<StoreSettings, 'host' | 'port' | 'database' | 'username' | 'password'> & {
  readonly isTls: boolean;
};

/** Undefined: it is not the URL of a Redis server. */
export function parseStoreUrl(text: string): StoreAddress | undefined {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'redis:' && url.protocol !== 'rediss:')) return undefined;
  const { hostname, port, pathname, search, hash } = url;
  const [, database = '0'] = /^\/?(\d{1,5})?$/.exec(pathname) ?? [undefined, 'none'];
  if (hostname === '' || search !== '' || hash !== '' || database === 'none') return undefined;
  try {
    return {
      host: hostname.replace(/^\[(.*)\]$/, '$1'),
      port: port === '' ? 6379 : Number(port),
      database: Number(database),
      username: decodeURIComponent(url.username) || undefined,
      password: decodeURIComponent(url.password) || undefined,
      isTls: url.protocol === 'rediss:',
    };
  } catch {
    return undefined;
  }
}
