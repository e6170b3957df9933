import { isIP } from 'node:net';
import type { CompiledTemplate } from '../../expression/index.ts';
import type { RequestView, TransactionView } from '../format.ts';
import { FormatError } from '../format-error.ts';
import type { FormatOptions } from '../format-options.ts';
import { evaluateField, quote, TextField } from '../json-text.ts';
import { hostOf } from './event-headers.ts';
import { UNKNOWN_ADDRESS } from './trusted-proxies.ts';

/** The account in events whose step names none: it belongs to nobody. */
export const NO_ACCOUNT = '000000000000';
/** The API of events whose step names none. */
export const NO_API = 'lambda-ext-proc';

/** The caller's address: of the connection, or from x-forwarded-for if trusted proxies have written it. */
export function sourceIp({ remoteAddress, headers }: RequestView, { trustedProxies }: FormatOptions): string {
  if (remoteAddress === null || isIP(remoteAddress) === 0) return UNKNOWN_ADDRESS;
  if (trustedProxies === undefined) return remoteAddress;
  return trustedProxies.callerOf(remoteAddress, headers.values('x-forwarded-for') ?? []);
}

export function userAgent({ headers }: RequestView): string | undefined {
  return headers.values('user-agent')?.at(-1);
}

/** The oldest version that AWS has; also used if Envoy sends none. */
export function protocol(request: RequestView): string {
  return request.protocol ?? 'HTTP/1.1';
}

/** The id that Envoy gives to a request, in any form. */
export function requestId({ id, uuid }: RequestView): string {
  return id || uuid;
}

/** `domainName` and `domainPrefix`, its first label, as JSON members. */
export class DomainMembers {
  readonly #name: TextField;

  constructor({ domainName }: FormatOptions) {
    this.#name = new TextField('domainName', domainName);
  }

  of(request: RequestView, transaction: TransactionView): string {
    const name = this.#name.isSaid ? this.#name.text(transaction) : withoutPort(hostOf(request) ?? '');
    const dot = name.indexOf('.');
    return `"domainName":${quote(name)},"domainPrefix":${quote(dot === -1 ? name : name.slice(0, dot))}`;
  }
}

function withoutPort(authority: string): string {
  return authority.replace(/:\d*$/, '');
}

/** `stageVariables` as JSON; undefined: there are none. */
export class StageVariables {
  readonly #entries: readonly { readonly name: string; readonly key: string; readonly template: CompiledTemplate }[];
  readonly #constant: string | undefined;

  constructor({ stageVariables }: FormatOptions) {
    this.#entries = stageVariables.map(([name, template]) => ({ name, key: `${quote(name)}:`, template }));
    const isConstant = stageVariables.every(([, { constant }]) => constant !== undefined);
    const texts = Object.fromEntries(stageVariables.map(([name, { constant }]) => [name, constant]));
    this.#constant = isConstant && stageVariables.length > 0 ? JSON.stringify(texts) : undefined;
  }

  of(transaction: TransactionView): string | undefined {
    if (this.#constant !== undefined || this.#entries.length === 0) return this.#constant;
    const members = this.#entries.map(({ name, key, template }) => {
      const text = evaluateField(template, `stageVariables.${name}`, transaction);
      if (text === null) throw new FormatError(`format.stageVariables.${name} is empty`);
      return key + quote(text);
    });
    return `{${members.join(',')}}`;
  }
}

/** `clientCert` as JSON; undefined: the connection has no certificate. Envoy exposes only its subject. */
export function clientCert({ ssl }: RequestView): string | undefined {
  if (ssl === null || ssl.client === null) return undefined;
  const subject = quote(ssl.client);
  return `{"clientCertPem":"","subjectDN":${subject},"issuerDN":"","serialNumber":"","validity":{"notBefore":"","notAfter":""}}`;
}
