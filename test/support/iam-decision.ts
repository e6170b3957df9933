/**
 * A second reading of IAM policies, from AWS's documentation of policy evaluation: an Allow whose principal, action, resource and
 * conditions all fit is needed, and an explicit Deny ends it. Conditions: StringEquals, StringLike, ArnEquals and ArnLike.
 */
export interface IamRequest {
  readonly action: string;
  /** Absent in a trust policy. */
  readonly resource?: string;
  /** ARN of the role or user that asks, for a trust policy. */
  readonly principal?: string;
  /** A service of AWS, or an OIDC provider, that asks. */
  readonly service?: string;
  readonly federated?: string;
  readonly keys?: Readonly<Record<string, string>>;
}

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Principal?: Readonly<Record<'AWS' | 'Service' | 'Federated', string | readonly string[] | undefined>>;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export function isAllowed(
  policy: { readonly Statement: readonly unknown[] } | undefined,
  request: IamRequest,
): boolean {
  const fitting = ((policy?.Statement ?? []) as readonly Statement[]).filter((statement) => fits(statement, request));
  return fitting.some(({ Effect }) => Effect === 'Allow') && !fitting.some(({ Effect }) => Effect === 'Deny');
}

function fits(
  statement: Statement,
  { action, resource, principal, service, federated, keys = {} }: IamRequest,
): boolean {
  if (!listOf(statement.Action).some((one) => likeText(one.toLowerCase(), action.toLowerCase()))) return false;
  if (resource !== undefined && !listOf(statement.Resource).some((one) => likeArn(one, resource))) return false;
  if (principal !== undefined && !listOf(statement.Principal?.AWS).some((one) => isPrincipal(one, principal)))
    return false;
  if (service !== undefined && !listOf(statement.Principal?.Service).includes(service)) return false;
  if (federated !== undefined && !listOf(statement.Principal?.Federated).includes(federated)) return false;
  const all: Readonly<Record<string, string>> =
    principal === undefined ? keys : { 'aws:PrincipalArn': principal, ...keys };
  return Object.entries(statement.Condition ?? {}).every(([operator, wanted]) =>
    Object.entries(wanted).every(([key, values]) => {
      const value = all[key];
      return value !== undefined && listOf(values).some((one) => compare(operator, one, value));
    }),
  );
}

function compare(operator: string, pattern: string, value: string): boolean {
  if (operator === 'StringEquals') return pattern === value;
  if (operator === 'StringLike') return likeText(pattern, value);
  // To IAM these two are the same.
  if (operator === 'ArnLike' || operator === 'ArnEquals') return likeArn(pattern, value);
  throw new Error(`a condition that this reading does not know: ${operator}`);
}

/** A root stands for all identities of its account, whose own policies decide. */
function isPrincipal(told: string, principal: string): boolean {
  return told === principal || told === principal.replace(/(?<=^arn:[^:]+:iam::\d{12}:).*/, 'root');
}

/** The six parts of an ARN each by itself: `*` reaches over no colon but in the last one, the resource. */
function likeArn(pattern: string, arn: string): boolean {
  const patterns = partsOf(pattern);
  const parts = partsOf(arn);
  return patterns.length === 6 && parts.length === 6 && patterns.every((one, i) => likeText(one, parts[i] ?? ''));
}

function partsOf(arn: string): readonly string[] {
  const parts = arn.split(':');
  return parts.length <= 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(':')];
}

function likeText(pattern: string, text: string): boolean {
  const expression = [...pattern]
    .map((char) => (char === '*' ? '.*' : char === '?' ? '.' : RegExp.escape(char)))
    .join('');
  return new RegExp(`^${expression}$`, 's').test(text);
}

function listOf(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : typeof value === 'string' ? [value] : value;
}
