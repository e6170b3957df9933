import { type CompiledTemplate, type EvaluationContext, ExpressionError } from '../../expression/index.ts';
import { isLoopback } from '../../loopback.ts';
import {
  parseStoreUrl,
  SECRET_CHARACTERS,
  type StoreAddress,
  type StoreSettings,
  type StoreSource,
  type StoreTls,
} from '../../result-store/index.ts';
import type { DocumentPath } from '../problem.ts';
import type { ResultStoreDocument } from '../schema/index.ts';
import { isBlank } from './blank.ts';
import type { TemplateCompiler } from './template-compiler.ts';

const PLACE = ['resultStore'] as const;
const REDIS = [...PLACE, 'redis'] as const;
const TLS = [...REDIS, 'tls'] as const;
const EXAMPLE = "{#secrets.get('env:LAMBDA_EXT_PROC_SECRET_STORE')}";

interface Templates {
  readonly url: CompiledTemplate | undefined;
  readonly username: CompiledTemplate | undefined;
  readonly password: CompiledTemplate | undefined;
  readonly ca: CompiledTemplate | undefined;
  readonly cert: CompiledTemplate | undefined;
  readonly key: CompiledTemplate | undefined;
  readonly secret: CompiledTemplate | undefined;
  readonly previousSecret: CompiledTemplate | undefined;
}

/** Compiles the store. `hasCache`: a step of the document keeps results. Undefined without a store, and after a reported error. */
export function compileResultStore(
  document: ResultStoreDocument | null | undefined,
  hasCache: boolean,
  compiler: TemplateCompiler,
): StoreSource | undefined {
  if (document === null || document === undefined) return undefined;
  const { reporter } = compiler;
  const redis = document.redis ?? {};
  const tls = typeof redis.tls === 'object' && redis.tls !== null ? redis.tls : {};
  if (isBlank(redis.url)) reporter.error(PLACE, 'requires redis.url: the server, such as redis://host:6379', 'key');
  if (isBlank(document.secret)) {
    const message = `requires secret: without it, anyone who can write to the server could answer callers; set secret: "${EXAMPLE}"`;
    reporter.error(PLACE, message, 'key');
  }
  const text = (path: DocumentPath, value: string | null | undefined) => templateOf(path, value, compiler);
  const templates: Templates = {
    url: text([...REDIS, 'url'], redis.url),
    username: text([...REDIS, 'username'], redis.username),
    password: text([...REDIS, 'password'], redis.password),
    ca: text([...TLS, 'ca'], tls.ca),
    cert: text([...TLS, 'cert'], tls.cert),
    key: text([...TLS, 'key'], tls.key),
    secret: text([...PLACE, 'secret'], document.secret),
    previousSecret: text([...PLACE, 'previousSecret'], document.previousSecret),
  };
  checkSecrets(templates, compiler);
  checkConnection(redis, templates, compiler);
  if (!hasCache) reporter.warn(PLACE, 'has no effect: no step of the document has a cache', 'key');
  if (templates.url === undefined || templates.secret === undefined) return undefined;
  return new TemplateSource(templates, redis.tls ?? undefined);
}

/** A text that is the same for all requests, so it may not read anything from a request. */
function templateOf(
  path: DocumentPath,
  text: string | null | undefined,
  compiler: TemplateCompiler,
): CompiledTemplate | undefined {
  if (isBlank(text) || text === null || text === undefined) {
    const isEmpty = text === null ? compiler.reporter.isUnwritten(path) : text !== undefined;
    if (isEmpty) compiler.reporter.warn(path, 'is empty and counts as absent: remove the field, or set it');
    return undefined;
  }
  const template = compiler.compileSecret(path, text, true);
  if (template === undefined || template.constant !== undefined) return template;
  const others = [...template.variables()].filter((name) => name !== 'secrets');
  if (template.secrets.length > 0 && others.length === 0) return template;
  compiler.reporter.error(path, 'must be the same for all requests: write text, or {#secrets.get(…)}');
  return undefined;
}

function checkSecrets({ secret, previousSecret, password }: Templates, { reporter }: TemplateCompiler): void {
  const message = "is plain text in the document: use {#secrets.get('env:LAMBDA_EXT_PROC_SECRET_NAME')}";
  for (const [name, template] of Object.entries({ secret, previousSecret })) {
    const { constant } = template ?? {};
    if (constant === undefined) continue;
    if (constant.length < SECRET_CHARACTERS) reporter.error([...PLACE, name], TOO_SHORT);
    else reporter.warn([...PLACE, name], message);
  }
  if (password?.constant !== undefined) reporter.warn([...REDIS, 'password'], message);
  if (previousSecret?.constant !== undefined && previousSecret.constant === secret?.constant) {
    reporter.warn([...PLACE, 'previousSecret'], 'is the secret itself, and has no effect');
  }
}

function checkConnection(
  { tls, username, password }: NonNullable<ResultStoreDocument['redis']>,
  { url, cert, key }: Templates,
  { reporter }: TemplateCompiler,
): void {
  if (!isBlank(username) && isBlank(password) && url?.constant !== undefined) {
    reporter.error([...REDIS, 'username'], 'requires password', 'key');
  }
  if ((cert === undefined) !== (key === undefined)) {
    const [present, missing] = cert === undefined ? ['key', 'cert'] : ['cert', 'key'];
    reporter.error([...TLS, present], `requires ${missing}`, 'key');
  }
  if (url?.constant === undefined) return;
  const at = [...REDIS, 'url'];
  const address = parseStoreUrl(url.constant);
  if (address === undefined) {
    reporter.error(at, NO_URL);
    return;
  }
  if (address.password !== undefined) {
    reporter.warn(
      at,
      "contains a password: set it as `redis.password`, with {#secrets.get('env:LAMBDA_EXT_PROC_SECRET_NAME')}",
    );
  }
  if (
    (!isBlank(username) && address.username !== undefined) ||
    (!isBlank(password) && address.password !== undefined)
  ) {
    reporter.error(at, 'has a user or password, and so does redis: set each only once');
  }
  if (tls === false && address.isTls)
    reporter.error(TLS, 'is false, but the URL says rediss://: use the same setting in both');
  const isPlain = !address.isTls && (tls === undefined || tls === null || tls === false);
  if (isPlain && address.host !== 'localhost' && !isLoopback(address.host)) {
    const message =
      'does not use TLS: the password is readable on the network, and a man in the middle can answer instead of the server (values stay encrypted); use rediss://';
    reporter.warn(at, message);
  }
}

const NO_URL =
  'is not the URL of a Redis server: expected redis://host:6379 or rediss://host:6379, with /0 to /99999 for a database';
const TOO_SHORT = `has fewer than ${SECRET_CHARACTERS} characters and can be guessed: create one with \`openssl rand -base64 32\``;

const emptyContext: EvaluationContext = { attributes: new Map(), variables: new Map() };

class TemplateSource implements StoreSource {
  readonly #templates: Templates;
  readonly #tls: boolean | object | undefined;

  constructor(templates: Templates, tls: boolean | object | undefined) {
    this.#templates = templates;
    this.#tls = tls;
  }

  refresh(): Promise<void> | undefined {
    const secrets = Object.values(this.#templates).flatMap(
      (template: CompiledTemplate | undefined) => template?.secrets ?? [],
    );
    const refreshing = secrets.flatMap((secret) => secret.refresh?.() ?? []);
    return refreshing.length === 0 ? undefined : Promise.all(refreshing).then(() => {});
  }

  read(): StoreSettings {
    const text = (name: keyof Templates): string | undefined => textOf(name, this.#templates[name]);
    const address = parseStoreUrl(text('url') ?? '');
    const secret = text('secret') ?? '';
    const previousSecret = text('previousSecret');
    if (address === undefined) throw new Error(`resultStore.redis.url ${NO_URL}`);
    for (const [name, value] of Object.entries({ secret, previousSecret })) {
      if (value !== undefined && value.length < SECRET_CHARACTERS) throw new Error(`resultStore.${name} ${TOO_SHORT}`);
    }
    const { host, port, database } = address;
    return {
      host,
      port,
      database,
      username: text('username') ?? address.username,
      password: text('password') ?? address.password,
      tls: this.#tlsOf(address, text),
      secret,
      previousSecret,
    };
  }

  #tlsOf({ isTls }: StoreAddress, text: (name: keyof Templates) => string | undefined): StoreTls | undefined {
    if (this.#tls === false && isTls) throw new Error('resultStore.redis.tls is false, and the URL says rediss://');
    if (!isTls && (this.#tls === undefined || this.#tls === false)) return undefined;
    return { ca: text('ca'), cert: text('cert'), key: text('key') };
  }
}

/** A field that is present but has no value is an error: without it a different store would be used. */
function textOf(name: string, template: CompiledTemplate | undefined): string | undefined {
  if (template === undefined) return undefined;
  if (template.constant !== undefined) return template.constant;
  const field = name.endsWith('ecret') ? `resultStore.${name}` : `${name} of resultStore.redis`;
  let text: string | null;
  try {
    text = template.evaluate(emptyContext);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw new Error(`${field} cannot be read: check that its secret exists`);
  }
  if (text === null || text.trim() === '') throw new Error(`${field} is empty`);
  return text;
}
