import type { RoleUse, Told } from './call.ts';
import { Resources } from './policy-document.ts';

/** What whoever prints the policies knows of AWS. */
export interface IamOptions {
  /** Of the machine's identity. */
  readonly account: string | undefined;
  /** ARN of the machine's role or user. */
  readonly principal: string | undefined;
  /** The machine's sessions carry tags, as those of EKS Pod Identity do: who assumes a role passes them on. */
  readonly sessionTags: boolean;
  /** They carry a source identity, as those of IAM Roles Anywhere do. */
  readonly sourceIdentity: boolean;
}

/** Who signs calls of Lambda or STS. */
export interface Signer {
  readonly kind: 'machine' | 'keys' | 'role';
  /** Of a role its ARN, or a glob; of keys a place in the document. */
  readonly name: string;
  /** Of functions that are named without one; `*`: not known. */
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

/** Without it AWS gives sessions of an hour at most. */
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

  /** In the order of the document. */
  get keys(): readonly Signer[] {
    return [...this.#keys.values()];
  }

  /** By ARN. */
  get roles(): readonly Signer[] {
    return [...this.#roles.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** `accessKey`: as the document has it; `place`: who uses it first. */
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

  /** Has `from` assume the role; gives one signer for each of its ARNs. */
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

/** Of an ARN of IAM, or of a glob for some. */
function accountOf(arn: string | undefined): string | undefined {
  return arn?.split(':')[4] || undefined;
}
