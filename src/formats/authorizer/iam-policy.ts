import { FormatError } from '../format-error.ts';
import { cutGlob, type Glob, GlobBudgetError, GlobMatcher, globBytes } from './glob.ts';
import { type JsonObject, jsonObject, member } from './json-members.ts';
import type { MethodArn } from './method-arn.ts';

/** `explicit`: a Deny matches; `default`: nothing allows. */
export type PolicyVerdict = 'allow' | 'deny-default' | 'deny-explicit';

/** The verdict on one request, and why. */
export interface Judgement {
  readonly verdict: PolicyVerdict;
  /** The position in `Statement`, from 1, of the statement that decides; undefined: none does. */
  readonly statement: number | undefined;
}

/** Texts to match, or that none of them can be evaluated. */
type Patterns = readonly Glob[] | 'unknown';

interface Statement {
  /** `unknown`: it may be a Deny. */
  readonly effect: 'Allow' | 'Deny' | 'unknown';
  /** It has a Condition or an unknown element: it may or may not apply. */
  readonly isConditional: boolean;
  /** It is about invoking an API; `unknown`: it may be. */
  readonly isOnInvoke: boolean | 'unknown';
  readonly resources: Patterns;
  /** `resources` are those it does not apply to. */
  readonly inverts: boolean;
}

const ACTION = 'execute-api:invoke';
const ELEMENTS: ReadonlySet<string> = new Set(['Sid', 'Effect', 'Action', 'Resource', 'NotResource']);
const VERSIONS: ReadonlySet<unknown> = new Set([undefined, '2012-10-17', '2008-10-17']);

/**
 * The policy that an authorizer answers, as IAM evaluates it: denied unless a statement allows, and denied where one
 * denies. A statement that cannot be evaluated (Condition, NotAction, policy variables, unknown elements) never allows,
 * and denies where it is a Deny.
 */
export class IamPolicy {
  readonly #statements: readonly Statement[];

  private constructor(statements: readonly Statement[]) {
    this.#statements = statements;
  }

  /** Of `policyDocument`. Throws FormatError. */
  static read(document: unknown): IamPolicy {
    const policy = jsonObject(document);
    if (policy === undefined) throw new FormatError('policyDocument is not an object');
    if (!VERSIONS.has(member(policy, 'Version'))) throw new FormatError('policyDocument.Version is not known');
    const value = member(policy, 'Statement');
    if (value === undefined) throw new FormatError('policyDocument.Statement is missing');
    const statements = Array.isArray(value) ? value : [value];
    const globs = new GlobMatcher();
    try {
      return new IamPolicy(statements.map((statement) => readStatement(statement, globs)));
    } catch (error) {
      if (error instanceof GlobBudgetError)
        throw new FormatError('the policy takes too long to match', { cause: error });
      throw error;
    }
  }

  /** About what it takes in memory beside its texts. */
  get bytes(): number {
    let bytes = 0;
    for (const { resources } of this.#statements) {
      if (resources !== 'unknown') for (const glob of resources) bytes += globBytes(glob);
    }
    return bytes;
  }

  /** Throws FormatError for a policy that takes too long. */
  judge(arn: MethodArn): Judgement {
    const globs = new GlobMatcher();
    const denied = this.#statements.findIndex((statement) => denies(statement, arn, globs));
    if (denied !== -1) return { verdict: 'deny-explicit', statement: denied + 1 };
    const allowed = this.#statements.findIndex((statement) => allows(statement, arn, globs));
    return allowed === -1
      ? { verdict: 'deny-default', statement: undefined }
      : { verdict: 'allow', statement: allowed + 1 };
  }
}

function readStatement(value: unknown, globs: GlobMatcher): Statement {
  const statement = jsonObject(value);
  if (statement === undefined) throw new FormatError('a statement of policyDocument is not an object');
  const effect = member(statement, 'Effect');
  const resource = member(statement, 'Resource');
  const notResource = member(statement, 'NotResource');
  const inverts = resource === undefined && notResource !== undefined;
  const isTwofold = resource !== undefined && notResource !== undefined;
  return {
    effect: effect === 'Allow' || effect === 'Deny' ? effect : 'unknown',
    isConditional: hasUnknownElement(statement),
    isOnInvoke: isOnInvoke(patterns(member(statement, 'Action'), inLowerCase), globs),
    resources: isTwofold ? 'unknown' : patterns(inverts ? notResource : resource),
    inverts,
  };
}

function isOnInvoke(actions: Patterns, globs: GlobMatcher): Statement['isOnInvoke'] {
  return actions === 'unknown' ? actions : actions.some((action) => globs.matches(action, ACTION));
}

/** An empty Condition holds always. */
function hasUnknownElement(statement: JsonObject): boolean {
  return Object.keys(statement).some((name) => {
    const value = member(statement, name);
    if (ELEMENTS.has(name) || value === undefined) return false;
    const condition = name === 'Condition' ? jsonObject(value) : undefined;
    return condition === undefined || Object.keys(condition).length > 0;
  });
}

const inLowerCase = (text: string): string => text.toLowerCase();

function patterns(value: unknown, as = (text: string): string => text): Patterns {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const texts = list.filter((one): one is string => typeof one === 'string' && one !== '' && !one.includes('${'));
  return list.length === 0 || texts.length < list.length ? 'unknown' : texts.map((text) => cutGlob(as(text)));
}

function allows(
  { effect, isConditional, isOnInvoke, resources, inverts }: Statement,
  arn: MethodArn,
  globs: GlobMatcher,
): boolean {
  if (effect !== 'Allow' || isConditional || isOnInvoke !== true || resources === 'unknown') return false;
  if (!inverts) return matchesAny(resources, [arn.text], globs);
  return !matchesAny(resources, arn.readings, globs);
}

function denies({ effect, isOnInvoke, resources, inverts }: Statement, arn: MethodArn, globs: GlobMatcher): boolean {
  if (effect === 'Allow' || isOnInvoke === false) return false;
  if (resources === 'unknown') return true;
  return inverts ? !matchesAny(resources, [arn.text], globs) : matchesAny(resources, arn.readings, globs);
}

function matchesAny(resources: readonly Glob[], texts: readonly string[], globs: GlobMatcher): boolean {
  return resources.some((resource) => texts.some((text) => globs.matches(resource, text)));
}
