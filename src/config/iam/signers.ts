import type { RoleUse, Told } from './call.ts';
import { Resources } from './policy-document.ts';

/** What the user who prints the policies knows about AWS. */
export interface IamOptions {
  /** Account of the machine's identity. */
  readonly account: string | undefined;
  /** ARN of the machine's role or user. */
  readonly principal: string | undefined;
  /** The machine's sessions have tags, like those of EKS Pod Identity, which are passed on when a role is assumed. */
  readonly sessionTags: boolean;
  /** The machine's sessions have a source identity, like those of IAM Roles Anywhere. */
  readonly sourceIdentity: boolean;
}

/** An identity that signs calls of Lambda or STS. */
export interface Signer {
  readonly kind: 'machine' | 'keys' | 'role';
  /** For a role its ARN or a glob; for keys a place in the document. */
  readonly name: string;
  /** The account of functions that are named without one; `*`: not known. */
  readonly account: string;
  readonly invoked: Resources;
  readonly assumed: Resources;
  readonly trusts: Trust[];
  readonly usedBy: Set<string>;
  maxSessionSeconds: number;
}

/** Who may assume a role, and how. */
export interface Trust {
  readonly signer: Signer;
  readonly externalId: Told;
  readonly sessionName: string | undefined;
}

/** AWS's default for the longest session of a role: one hour. */
const SESSION_SECONDS = 3_600;

/** All signers of a document, each once. */
export class Signers {
  readonly #options: IamOptions;
  #machine: Signer | undefined;
  readonly #keys = new Map<string, Signer>();
  readonly #roles = new Map<string, Signer>();

  constructor(options: IamOptions) {
    this.#options = options;
  }

  get machine(): Signer | undefined {
    return this.#machine;
  }

  /** Keys, in the order of the document. */
  get keys(): readonly Signer[] {
    return [...this.#keys.values()];
  }

  /** Roles, sorted by ARN. */
  get roles(): readonly Signer[] {
    return [...this.#roles.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** `accessKey`: its text in the document; `place`: the first step that uses it. */
  base(accessKey: string | undefined, place: string): Signer {
    if (accessKey === undefined) {
      const account = this.#options.account ?? accountOf(this.#options.principal) ?? '*';
      this.#machine ??= signer('machine', 'the identity of the machine', account);
      return this.#machine;
    }
    const known = this.#keys.get(accessKey) ?? signer('keys', place, '*');
    this.#keys.set(accessKey, known);
    return known;
  }

  /** Records that `from` assumes the role; returns one signer for each of its ARNs. */
  assume(from: Signer, use: RoleUse, place: string): readonly Signer[] {
    from.assumed.add(use.namer, use.arns);
    from.usedBy.add(place);
    return use.arns.map((arn) => {
      const role = this.#roles.get(arn) ?? signer('role', arn, accountOf(arn) ?? '*');
      this.#roles.set(arn, role);
      role.trusts.push({ signer: from, externalId: use.externalId, sessionName: use.sessionName });
      role.maxSessionSeconds = Math.max(role.maxSessionSeconds, use.durationSeconds ?? SESSION_SECONDS);
      return role;
    });
  }
}

function signer(kind: Signer['kind'], name: string, account: string): Signer {
  return {
    kind,
    name,
    account,
    invoked: new Resources(),
    assumed: new Resources(),
    trusts: [],
    usedBy: new Set(),
    maxSessionSeconds: SESSION_SECONDS,
  };
}

/** The account of an IAM ARN, or of a glob for IAM ARNs. */
function accountOf(arn: string | undefined): string | undefined {
  return arn?.split(':')[4] || undefined;
}
