import type { RequestView, TransactionView } from '../format.ts';
import type { EventDialect } from '../request/aws-request.ts';
import { UNKNOWN_ADDRESS } from '../request/trusted-proxies.ts';
import type { IdentityScope } from './identity-source.ts';
import { type JsonObject, jsonObject, member } from './json-members.ts';
import { readMembers } from './json-value.ts';

/** Names of 2.0 that differ from those of `$context`. */
const NAMES_OF_2: Readonly<Record<string, string>> = {
  httpMethod: 'http.method',
  path: 'http.path',
  protocol: 'http.protocol',
  'identity.sourceIp': 'http.sourceIp',
  'identity.userAgent': 'http.userAgent',
};

/** A caller's headers and parameters may be many: parsing them takes long, and no identity source names them. */
const READ: ReadonlySet<string> = new Set(['requestContext', 'stageVariables']);

/** The event of one request, made when it is first asked for, and the values in it that identity sources name. */
export class EventContext implements IdentityScope {
  readonly #dialect: EventDialect;
  readonly #request: RequestView;
  readonly #transaction: TransactionView;
  #members: string | undefined;
  #parsed: JsonObject | undefined;

  constructor(dialect: EventDialect, request: RequestView, transaction: TransactionView) {
    this.#dialect = dialect;
    this.#request = request;
    this.#transaction = transaction;
  }

  /** See EventDialect. Throws FormatError. */
  get members(): string {
    this.#members ??= this.#dialect.members(this.#request, this.#transaction);
    return this.#members;
  }

  stageVariable(name: string): string | undefined {
    return textIn(this.#event, ['stageVariables', name]);
  }

  context(name: string): string | undefined {
    const path = ['requestContext', ...name.split('.')];
    const other = NAMES_OF_2[name];
    const value = textIn(this.#event, path) ?? (other && textIn(this.#event, ['requestContext', ...other.split('.')]));
    // Unknown callers are not the same caller.
    return name === 'identity.sourceIp' && value === UNKNOWN_ADDRESS ? undefined : value;
  }

  get #event(): JsonObject {
    this.#parsed ??= readMembers(Buffer.from(`{${this.members}}`), READ);
    return this.#parsed;
  }
}

function textIn(data: unknown, path: readonly string[]): string | undefined {
  let value = data;
  for (const name of path) {
    const object = jsonObject(value);
    if (object === undefined) return undefined;
    value = member(object, name);
  }
  return typeof value === 'string' ? value : undefined;
}
