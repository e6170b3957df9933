import type { CredentialProvider } from '../resolved-credentials.ts';

/** Identities whose account nobody tells; keys of the configuration may be made of a caller's data. */
const MAX_IDENTITIES = 4_096;

/** Told when functions that were known as one owner's turn out to be another's. */
export type Rename = (from: string, to: string) => void;

/**
 * Whose a function is: the account in its name, else the account of the identity that signs, else that identity. An
 * identity whose account nobody tells (an instance profile, keys of the configuration) is taken to be of the first account
 * whose function it names, so that `f` and `123456789012:function:f` are one function for it.
 */
export class FunctionOwners {
  /** The account of each identity that was seen without one; undefined: still not known. */
  readonly #homes = new Map<string, string | undefined>();
  readonly #rename: Rename;

  constructor(rename: Rename) {
    this.#rename = rename;
  }

  /** `named`: the account in the function's name. */
  ownerOf(named: string | undefined, { identity, account }: CredentialProvider): string {
    if (account !== undefined) {
      if (this.#homes.has(identity)) this.#settle(identity, account);
      return named ?? account;
    }
    const home = this.#homes.get(identity);
    if (home !== undefined) return named ?? home;
    if (named !== undefined) this.#settle(identity, named);
    else if (this.#homes.size < MAX_IDENTITIES) this.#homes.set(identity, undefined);
    return named ?? identity;
  }

  #settle(identity: string, account: string): void {
    const before = this.#homes.get(identity);
    if (before === account) return;
    const isKnown = this.#homes.has(identity);
    if (!isKnown && this.#homes.size >= MAX_IDENTITIES) return;
    this.#homes.set(identity, account);
    // What was guessed before is another account's: only functions that had no account yet move.
    if (isKnown && before === undefined) this.#rename(identity, account);
  }
}
