/** A policy of IAM, with the fields that this project writes. */
export interface IamPolicy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly IamStatement[];
}

export interface IamStatement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: string | readonly string[];
  readonly Principal?: { readonly AWS: string };
  readonly Resource?: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Who names the target of a call: the document itself, one of its expressions, or an inline policy. */
export type Namer = 'document' | 'request' | 'inline';

const NAMERS: readonly (readonly [namer: Namer, sid: string])[] = [
  ['document', ''],
  ['request', 'NamedByRequests'],
  ['inline', 'OfInlinePolicies'],
];

/** ARNs, which may contain `*`, by who names them. An ARN that the document names is not repeated for the others. */
export class Resources {
  readonly #byNamer = new Map<Namer, Set<string>>();

  add(namer: Namer, arns: Iterable<string>): void {
    const known = this.#byNamer.get(namer) ?? new Set();
    this.#byNamer.set(namer, known);
    for (const arn of arns) known.add(arn);
  }

  /** Statements in an order that depends only on the ARNs. */
  statements(sid: string, action: IamStatement['Action']): readonly IamStatement[] {
    const told = new Set<string>();
    return NAMERS.flatMap(([namer, suffix]) => {
      const arns = [...(this.#byNamer.get(namer) ?? [])].filter((arn) => !told.has(arn)).sort();
      for (const arn of arns) told.add(arn);
      if (arns.length === 0) return [];
      return [{ Sid: sid + suffix, Effect: 'Allow', Action: action, Resource: arns } as const];
    });
  }
}

export function policyOf(statements: readonly IamStatement[]): IamPolicy {
  return { Version: '2012-10-17', Statement: statements };
}

/** The number of characters as AWS counts them, without blanks. */
export function lengthOf(policy: IamPolicy): number {
  return JSON.stringify(policy).length;
}
