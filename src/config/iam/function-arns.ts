import { partitionOf } from '../../aws-partition.ts';
import { parseFunctionName, realRegion } from '../../lambda/index.ts';
import { matchesGlob } from '../route-glob.ts';

/** Functions of a call. Without an `account` they are in the signer's account. `*` matches any characters, as in an IAM policy. */
export interface FunctionPattern {
  readonly partition: string;
  readonly region: string;
  readonly account: string | undefined;
  readonly name: string;
  /** Empty: the function without a qualifier, which is not the same as `$LATEST` to IAM. */
  readonly qualifier: string;
}

/** The qualifier of a call that is set separately from the function's name. `any`: it depends on the request. */
export type CalledQualifier = { readonly text: string } | 'any' | undefined;

export function arnOf({ partition, region, account, name, qualifier }: FunctionPattern, signerAccount: string): string {
  const arn = `arn:${partition}:lambda:${region}:${account ?? signerAccount}:function:${name}`;
  return qualifier === '' ? arn : `${arn}:${qualifier}`;
}

/** Patterns for a name in a form that AWS accepts: plain, a partial ARN, or an ARN. Empty if it is none of these. */
export function functionsOfName(
  text: string,
  regions: readonly string[],
  called: CalledQualifier,
): readonly FunctionPattern[] {
  const parts = parseFunctionName(text);
  if (parts === undefined) return [];
  const { account, name, region: own } = parts;
  // If the name has a region, only that one counts: the call fails in any other.
  const where = own === undefined ? regions.map(plainRegion) : [own];
  const qualifier = parts.qualifier ?? (called === 'any' ? '*' : (called?.text ?? ''));
  const partition = /^arn:([^:]+):/.exec(text)?.[1];
  return where.map((region) => ({ partition: partition ?? partitionOf(region), region, account, name, qualifier }));
}

/** Patterns for a glob in a list of rights: see matchesFunction. */
export function functionsOfGlob(
  glob: string,
  regions: readonly string[] | undefined,
  called: CalledQualifier,
): readonly FunctionPattern[] {
  const parts = glob.split(':');
  if (parts.length === 1) {
    return (regions ?? []).flatMap((text) => {
      const region = plainRegion(text);
      return qualifiersOf(undefined, called).map((qualifier) => ({
        partition: partitionOf(region),
        region,
        account: undefined,
        name: glob,
        qualifier,
      }));
    });
  }
  const [, partition = '*', , ofGlob = '*', account = '*', , name = '*', version] = parts;
  return regionsOfBoth(ofGlob, regions).flatMap((region) =>
    qualifiersOf(version, called).map((qualifier) => ({
      partition: partition.includes('*') ? partitionOf(region) : partition,
      region,
      account,
      name,
      qualifier,
    })),
  );
}

/** A glob without a version allows the function without a qualifier and all its versions. */
function qualifiersOf(version: string | undefined, called: CalledQualifier): readonly string[] {
  if (version === undefined) return called === undefined ? ['', '*'] : [called === 'any' ? '*' : called.text];
  // A call without a qualifier runs the latest version, and IAM checks the function without a qualifier.
  if (called === undefined) return matchesGlob(version, '$LATEST') ? ['', version] : [version];
  if (called === 'any') return [version];
  return matchesGlob(version, called.text) ? [called.text] : [];
}

/** The regions that match both the glob and the list. */
function regionsOfBoth(glob: string, regions: readonly string[] | undefined): readonly string[] {
  if (regions === undefined) return [glob];
  return regions.flatMap((text) => {
    const region = plainRegion(text);
    if (matchesGlob(glob, region)) return [region];
    return matchesGlob(region, glob) ? [glob] : [];
  });
}

/** `us-east-1` of `fips-us-east-1`. */
function plainRegion(region: string): string {
  return region.includes('*') ? region : realRegion(region);
}
