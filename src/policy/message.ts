import { randomUUID } from 'node:crypto';
import type { MessageScope, ParameterScope, ResponseScope, SslScope } from '../expression/index.ts';
import type { AuthorizerGrant, PathTemplate, RequestView } from '../formats/index.ts';
import { type MemoryAccount, unlimitedMemory } from '../memory-account.ts';
import type { HttpHeaders } from './http-headers.ts';
import { keepText } from './kept-text.ts';
import type { MatchedPath } from './matched-path.ts';
import { parseQuery } from './query.ts';

/**
 * How a body is encoded, digests of its bytes (RFC 9530 and the older ones: a reader that checks them would refuse another), and
 * which part of a whole it is.
 */
const BODY_HEADERS = ['content-encoding', 'content-digest', 'repr-digest', 'digest', 'content-md5', 'content-range'];

/** A weak ETag may stay: it is about the meaning, not about the bytes. */
const RESPONSE_BODY_HEADERS = [...BODY_HEADERS, 'accept-ranges', 'etag'];
const isStrong = (etag: string): boolean => etag.startsWith('"');

/** A request or response as expressions see it and policies change it. */
export abstract class Message implements MessageScope {
  readonly headers: HttpHeaders;
  /** The body that replaces the one that came; undefined: unchanged. */
  replacement: Uint8Array | undefined;
  /** While a step of a v2 scope without content runs, `content` is null even if it is known. */
  contentHidden = false;
  readonly #memory: MemoryAccount;
  #bytes: Uint8Array | undefined;
  /** The body as it came, where that is kept. */
  #coded: Uint8Array | undefined;
  #text: string | undefined;
  /** The bytes charged to the account for the bytes and the text. */
  #held = 0;

  constructor(headers: HttpHeaders, memory: MemoryAccount) {
    this.headers = headers;
    this.#memory = memory;
  }

  /** The decoded body (without content-encoding); undefined before it is known. Its text is charged when it is made. */
  get body(): Uint8Array | undefined {
    return this.#bytes;
  }

  /** The body as it came, if that is kept; otherwise decoded. */
  get bytes(): Uint8Array | undefined {
    return this.#coded ?? this.#bytes;
  }

  /** Keeps an encoded body as it came; its holder has charged it to the account. */
  keepCoded(bytes: Uint8Array): void {
    this.#coded = bytes;
  }

  get content(): string | null {
    if (this.contentHidden || this.#bytes === undefined) return null;
    if (this.#text === undefined) {
      const { text, held } = keepText(this.#bytes, this.#memory);
      this.#text = text;
      this.#held += held;
    }
    return this.#text;
  }

  /** `held`: what the bytes take of the account, given back when others replace them. */
  setBody(bytes: Uint8Array | undefined, held = 0): void {
    this.#memory.give(this.#held);
    this.#held = held;
    this.#bytes = bytes;
    this.#coded = undefined;
    this.#text = undefined;
  }

  /** A policy's body: headers that describe the old one no longer apply. `held` as for setBody. */
  replaceBody(bytes: Uint8Array, held: number): void {
    this.setBody(bytes, held);
    this.replacement = bytes;
    this.forgetBodyHeaders();
  }

  /** The body is replaced by one that is not known here: it still arrives. */
  forgetBody(): void {
    this.setBody(undefined);
    this.replacement = undefined;
    this.forgetBodyHeaders();
  }

  /** Names of headers that describe the body. */
  get bodyHeaders(): readonly string[] {
    return BODY_HEADERS;
  }

  /** Headers that describe the original body no longer apply. */
  protected forgetBodyHeaders(): void {
    for (const name of this.bodyHeaders) if (this.headers.values(name) !== undefined) this.headers.remove(name);
  }
}

/** What the protocol says about a request, before any body. */
export interface RequestHead {
  readonly method: string;
  /** Path with query. */
  readonly uri: string;
  readonly scheme: string | null;
  readonly host: string | null;
  /** The gateway's name of the protocol's version. */
  readonly version: string | null;
  /** The protocol as Envoy names it. */
  readonly protocol: string | null;
  readonly timestamp: number;
  readonly remoteAddress: string | null;
  readonly localAddress: string | null;
  readonly localPort: number | null;
  readonly ssl: SslScope | null;
  readonly headers: HttpHeaders;
  /** The name of Envoy's route; absent if Envoy did not send it. */
  readonly route?: string | undefined;
}

const noParameters: ParameterScope = new Map();
const noMetadata: ReadonlyMap<string, unknown> = new Map();
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export class RequestMessage extends Message implements RequestView {
  readonly #head: RequestHead;
  /** Of the API; it ends in a slash. */
  readonly contextPath: string | null;
  #uri: string;
  #params: ParameterScope | undefined;
  #uuid: string | undefined;
  /** The resource of the step that runs, and what the path gives for its names. */
  matched: MatchedPath | undefined;
  grant: AuthorizerGrant | undefined;
  /** Envoy's dynamic metadata, by namespace; present if expressions read it. */
  metadata: ReadonlyMap<string, unknown> = noMetadata;
  /** Set when a policy changed the path. */
  pathChanged = false;

  constructor(head: RequestHead, contextPath: string | null = null, memory: MemoryAccount = unlimitedMemory) {
    super(head.headers, memory);
    this.#head = head;
    this.contextPath = contextPath;
    this.#uri = head.uri;
  }

  get id(): string | null {
    return this.headers.first('x-request-id') ?? null;
  }
  get transactionId(): string | null {
    return this.headers.first('x-gravitee-transaction-id') ?? this.id;
  }
  get uri(): string {
    return this.#uri;
  }
  get path(): string {
    const end = this.#uri.indexOf('?');
    return end === -1 ? this.#uri : this.#uri.slice(0, end);
  }
  /** The path after the context path, with a slash at its start; the whole path if it is not below the context path. */
  get pathInfo(): string {
    const context = this.contextPath?.slice(0, -1) ?? '';
    const { path } = this;
    const isBelow = path === context || path.startsWith(`${context}/`);
    return isBelow ? path.slice(context.length) : path;
  }
  get method(): string {
    return this.#head.method;
  }
  get route(): string | undefined {
    return this.#head.route;
  }
  get scheme(): string | null {
    return this.#head.scheme;
  }
  get host(): string | null {
    return this.#head.host;
  }
  get version(): string | null {
    return this.#head.version;
  }
  get protocol(): string | null {
    return this.#head.protocol;
  }
  get uuid(): string {
    this.#uuid ??= UUID.test(this.id ?? '') ? (this.id ?? '') : randomUUID();
    return this.#uuid;
  }
  get timestamp(): number {
    return this.#head.timestamp;
  }
  get remoteAddress(): string | null {
    return this.#head.remoteAddress;
  }
  get localAddress(): string | null {
    return this.#head.localAddress;
  }
  get localPort(): number | null {
    return this.#head.localPort;
  }
  get ssl(): SslScope | null {
    return this.#head.ssl;
  }
  get params(): ParameterScope {
    this.#params ??= parseQuery(this.#uri);
    return this.#params;
  }
  get pathParams(): ParameterScope {
    return this.matched?.parameters(this.path) ?? noParameters;
  }
  get resource(): PathTemplate | undefined {
    return this.matched?.template();
  }
  get pathValues(): ReadonlyMap<string, string> | undefined {
    return this.matched?.values(this.path);
  }

  /**
   * A 2xx answer tells the caller that a tunnel is open (RFC 9110, 9.3.6): CONNECT, and an upgrade over HTTP/2 (RFC 8441),
   * which Envoy shows as one of HTTP/1.1. If the protocol is not known, an upgrade may be either.
   */
  get opensTunnel(): boolean {
    if (this.method === 'CONNECT') return true;
    return this.isUpgrade && this.version !== 'HTTP_1_1' && this.version !== 'HTTP_1_0';
  }

  get isUpgrade(): boolean {
    return this.headers.first('upgrade') !== undefined;
  }

  changePath(uri: string): void {
    this.#uri = uri;
    this.#params = undefined;
    this.pathChanged = true;
  }
}

export class ResponseMessage extends Message implements ResponseScope {
  #status: number;
  statusChanged = false;

  constructor(status: number, headers: HttpHeaders, memory: MemoryAccount = unlimitedMemory) {
    super(headers, memory);
    this.#status = status;
  }

  get status(): number {
    return this.#status;
  }

  changeStatus(status: number): void {
    this.#status = status;
    this.statusChanged = true;
  }

  override get bodyHeaders(): readonly string[] {
    return RESPONSE_BODY_HEADERS;
  }

  /** A new body is complete: it is not a partial one (RFC 9110, 15.3.7), has no ranges, and no strong ETag (8.8.1). */
  protected override forgetBodyHeaders(): void {
    const { headers } = this;
    for (const name of this.bodyHeaders) {
      const values = headers.values(name);
      if (values !== undefined && (name !== 'etag' || values.some(isStrong))) headers.remove(name);
    }
    if (headers.first('content-type')?.toLowerCase().startsWith('multipart/byteranges')) headers.remove('content-type');
    if (this.#status === 206) this.changeStatus(200);
  }
}
