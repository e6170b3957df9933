import type { BodyMode, Message, Reply, Side } from '../../../../src/ext-proc/wire/index.ts';
import type { Scene } from './scene.ts';

export type LedgerSetup = Pick<Scene, 'modes' | 'observed' | 'early' | 'allowOverride' | 'told'>;

interface Account {
  readonly fullDuplex: boolean;
  /** NONE in the filter's configuration. */
  readonly isNone: boolean;
  /** Pieces come before the headers have a reply. */
  readonly early: boolean;
  /** The headers' reply lets them go on, though pieces follow that get replies of their own. */
  readonly letsGo: boolean;
  /** Messages that have no reply yet, in order. */
  readonly owed: ('headers' | 'body' | 'trailers')[];
  /** Full duplex: what came, and what went back. */
  headers: 'none' | 'open' | 'replied';
  bodies: number;
  ended: boolean;
  pieceEnded: boolean;
  trailers: 'none' | 'open' | 'replied';
}

/**
 * What Envoy has a place for at each moment, as measured with Envoy 1.40. A reply without a place is a spurious message, which
 * is a 500 for the caller.
 */
export class Ledger {
  readonly #observed: boolean;
  readonly #overridable: boolean;
  readonly #accounts: Readonly<Record<Side, Account>>;
  /** The sidecar or Envoy ended the exchange. */
  #over = false;
  #requestClosed = false;

  constructor({ modes, observed, early, allowOverride, told }: LedgerSetup) {
    this.#observed = observed;
    this.#overridable = !early && modes.request !== 'FULL_DUPLEX_STREAMED' && modes.response !== 'FULL_DUPLEX_STREAMED';
    // Where it is told wrongly that Envoy takes overrides, nothing can be right.
    const overridden = this.#overridable && (allowOverride || told.allowModeOverride === true);
    const open = (mode: BodyMode) => account(mode, early, overridden);
    this.#accounts = { request: open(modes.request), response: open(modes.response) };
  }

  sent(message: Message): void {
    const side = this.#accounts[message.side];
    if (message.part === 'body') side.bodies++;
    if (!side.fullDuplex) side.owed.push(message.part);
    else if (message.part === 'headers') side.headers = 'open';
    else if (message.part === 'trailers') side.trailers = 'open';
    if (message.end) side.ended = true;
  }

  over(): void {
    this.#over = true;
  }

  /** Envoy or another filter answered: it sends nothing more of the request, and takes whatever is said to that. */
  closeRequest(): void {
    this.#requestClosed = true;
  }

  /** Why a reply has no place now; undefined: it has. */
  refuse(reply: Reply): string | undefined {
    if (this.#observed) return 'a reply in observability mode';
    if (this.#over) return 'a reply after the end';
    if (reply.kind === 'answer') {
      this.#over = true;
      return undefined;
    }
    if (reply.kind === 'extension') return this.#owesAnything() ? undefined : 'an extension while nothing is owed';
    if (reply.kind === 'headers' && reply.modes !== undefined && !this.#overridable)
      return 'mode_override where Envoy takes none';
    if (reply.side === 'request' && this.#requestClosed) return undefined;
    const side = this.#accounts[reply.side];
    return side.fullDuplex ? refuseDuplex(side, reply) : refuseInOrder(side, reply);
  }

  /** Why a streamed answer has no place now: it is a reply to request headers that have none. Nothing else is said after it. */
  refuseStream(): string | undefined {
    if (this.#observed) return 'a streamed answer in observability mode';
    if (this.#over) return 'a streamed answer after the end';
    this.#over = true;
    const { fullDuplex, headers, owed, isNone } = this.#accounts.request;
    if (fullDuplex) return headers === 'open' ? undefined : 'a streamed answer after the headers reply';
    if (!isNone) return 'a streamed answer where Envoy sends the body in a mode that has none';
    return owed[0] === 'headers' ? undefined : 'a streamed answer after the headers reply';
  }

  /** What is still owed when nothing runs and nothing is waited for. */
  debts(): string | undefined {
    for (const name of ['request', 'response'] as const) {
      if (name === 'request' && this.#requestClosed) continue;
      const side = this.#accounts[name];
      if (side.owed.length > 0) return `${name} ${side.owed[0]} without a reply`;
      if (side.headers === 'open' || side.trailers === 'open') return `${name} headers or trailers without a reply`;
      if (side.fullDuplex && side.bodies > 0 && side.ended && side.trailers === 'none' && !side.pieceEnded) {
        return `${name} body without an end`;
      }
    }
    return undefined;
  }

  #owesAnything(): boolean {
    const { request, response } = this.#accounts;
    return owes(request) || owes(response);
  }
}

function account(mode: BodyMode, early: boolean, overridden: boolean): Account {
  return {
    fullDuplex: mode === 'FULL_DUPLEX_STREAMED',
    isNone: mode === 'NONE',
    early: early && mode === 'STREAMED',
    letsGo: !overridden && mode === 'STREAMED',
    owed: [],
    headers: 'none',
    bodies: 0,
    ended: false,
    pieceEnded: false,
    trailers: 'none',
  };
}

function owes({ owed, headers }: Account): boolean {
  return owed.length > 0 || headers === 'open';
}

type SideReply = Exclude<Reply, { readonly kind: 'answer' | 'extension' }>;

/** Every mode but full duplex: one reply of its kind for each message, in order. */
function refuseInOrder(side: Account, reply: SideReply): string | undefined {
  if (reply.kind === 'piece') return 'a piece in a mode that has none';
  const owed = side.owed.shift();
  const kind = reply.kind === 'replacement' ? 'body' : reply.kind;
  if (owed !== kind) return `a ${reply.kind} reply where one to ${owed ?? 'nothing'} belongs`;
  if (reply.kind === 'body' && reply.mutation !== undefined && side.letsGo)
    return 'a mutation of headers that have gone on';
  if (reply.kind === 'headers' && reply.body !== undefined && side.early && (side.bodies > 0 || !side.ended))
    return 'a new body beside pieces';
  return undefined;
}

/** Headers first, then any number of pieces if a body came, then trailers if they came. */
function refuseDuplex(side: Account, reply: SideReply): string | undefined {
  switch (reply.kind) {
    case 'headers':
      if (side.headers !== 'open') return 'a headers reply that nobody waits for';
      side.headers = 'replied';
      return reply.body !== undefined && !(side.ended && side.bodies === 0) ? 'a new body beside pieces' : undefined;
    case 'body':
    case 'replacement':
      return 'a body reply that is no piece';
    case 'piece':
      if (side.headers === 'open') return 'a piece before the headers reply';
      if (side.bodies === 0) return 'a piece where no body came';
      if (side.pieceEnded || side.trailers === 'replied') return 'a piece after the end';
      if (reply.end && (!side.ended || side.trailers !== 'none')) return 'end_of_stream before the end';
      side.pieceEnded = reply.end;
      return undefined;
    case 'trailers':
      if (side.headers === 'open' || side.pieceEnded) return 'trailers out of order';
      if (side.trailers !== 'open') return 'a trailers reply that nobody waits for';
      side.trailers = 'replied';
      return undefined;
  }
}
