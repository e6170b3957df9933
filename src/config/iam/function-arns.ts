import { partitionOf } from '../../aws-partition.ts';
import { parseFunctionName, realRegion } from '../../lambda/index.ts';
import { matchesGlob } from '../route-glob.ts';

/**
 * Functions of a call. What is not told is of whoever signs it. `*` matches any characters, as in a policy of IAM.
 */
export interface FunctionPattern {
  readonly partition: string;
  readonly region: string;
  readonly account: string | undefined;
  readonly name: string;
  /** Empty: the function without a qualifier, which IAM does not take for `$LATEST`. */
  readonly qualifier: string;
}

/** What the qualifier of a call is beside the function's name. `any`: it depends on the request. */
export type CalledQualifier = { readonly text: string } | 'any' | undefined;

export function arnOf({ partition, region, account, name, qualifier }: FunctionPattern, signerAccount: string): string {
  const arn = `arn:${partition}:lambda:${region}:${account ?? signerAccount}:function:${name}`;
  return qualifier === '' ? arn : `${arn}:${qualifier}`;
}

/** Of a name as AWS takes it: bare, partial, or an ARN. Empty: it is none of these. */
export function functionsOfName(
  text: string,
  regions: readonly string[],
  called: CalledQualifier,
): readonly FunctionPattern[] {
  const parts = parseFunctionName(text);
  if (parts === undefined) return [];
  const { account, name, region: own } = parts;
  // The call fails where the name has a region that is not the one of the call.
  const where = own === undefined ? regions.map(plainRegion) : [own];
  const qualifier = parts.qualifier ?? (called === 'any' ? '*' : (called?.text ?? ''));
  const partition = /^arn:([^:]+):/.exec(text)?.[1];
  return where.map((region) => ({ partition: partition ?? partitionOf(region), region, account, name, qualifier }));
}

/** Of a glob in a list of rights: see matchesFunction. */
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

/** A glob without a version is for the function by itself and for all its versions. */
function qualifiersOf(version: string | undefined, called: CalledQualifier): readonly string[] {
  if (version === undefined) return called === undefined ? ['', '*'] : [called === 'any' ? '*' : called.text];
  // Who names no version calls the latest, and IAM is asked for the function without one.
  if (called === undefined) return matchesGlob(version, '$LATEST') ? ['', version] : [version];
  if (called === 'any') return [version];
  return matchesGlob(version, called.text) ? [called.text] : [];
}

/** Those that fit both. */
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
