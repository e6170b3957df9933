/**
 * A second evaluator of IAM policies, written from AWS's documentation of policy evaluation alone, as plainly as it is told
 * there: all statements are looked at, an explicit Deny ends it, an Allow is needed. Wildcards are matched by recursion.
 */
interface DocumentedStatement {
  readonly Effect?: unknown;
  readonly Action?: unknown;
  readonly NotAction?: unknown;
  readonly Resource?: unknown;
  readonly NotResource?: unknown;
  readonly Condition?: unknown;
}

export type Decision = 'allow' | 'deny-default' | 'deny-explicit';

export function decide(statements: readonly DocumentedStatement[], arn: string): Decision {
  let allowed = false;
  for (const statement of statements) {
    const applies = appliesTo(statement, arn);
    if (statement.Effect === 'Deny' && applies !== 'no') return 'deny-explicit';
    if (statement.Effect === 'Allow' && applies === 'yes') allowed = true;
  }
  return allowed ? 'allow' : 'deny-default';
}

/** `perhaps`: this project does not judge it. */
function appliesTo(statement: DocumentedStatement, arn: string): 'yes' | 'no' | 'perhaps' {
  const resources = listOf(statement.Resource ?? statement.NotResource);
  const isNamed = resources.some((resource) => wildcard([...resource], [...arn]));
  if (isNamed === (statement.Resource === undefined)) return 'no';
  if (statement.NotAction !== undefined) return 'perhaps';
  const isInvoke = listOf(statement.Action).some((action) => {
    return wildcard([...action.toUpperCase()], [...'EXECUTE-API:INVOKE']);
  });
  if (!isInvoke) return 'no';
  return statement.Condition === undefined ? 'yes' : 'perhaps';
}

function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [String(value)];
}

function wildcard(pattern: readonly string[], text: readonly string[]): boolean {
  const seen = new Map<string, boolean>();
  const from = (p: number, t: number): boolean => {
    const key = `${p},${t}`;
    const known = seen.get(key);
    if (known !== undefined) return known;
    const found = ((): boolean => {
      if (p === pattern.length) return t === text.length;
      if (pattern[p] === '*') return from(p + 1, t) || (t < text.length && from(p, t + 1));
      return t < text.length && (pattern[p] === '?' || pattern[p] === text[t]) && from(p + 1, t + 1);
    })();
    seen.set(key, found);
    return found;
  };
  return from(0, 0);
}
