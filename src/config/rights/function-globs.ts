import { partitionOf } from '../../aws-partition.ts';
import { parseFunctionName } from '../../lambda/index.ts';
import { matchesGlob } from '../route-glob.ts';
import { matchesSegments } from './segments.ts';

/** Which function is called, as an invocation has it. */
export interface CalledFunction {
  readonly functionName: string;
  readonly region: string;
  readonly qualifier?: string | undefined;
}

const ARN_GLOB = /^arn:[^:]+:(?:lambda|\*):[^:]+:[^:]+:function:[^:]+(?::[^:]+)?$/;
const NAME_GLOB = /^[^:]+$/;

export function isFunctionGlob(glob: string): boolean {
  return NAME_GLOB.test(glob) || ARN_GLOB.test(glob);
}

/**
 * A glob without a colon is for bare names, which are of the signing identity's own account; all other ways to write a
 * name are put together as one ARN and need a glob that is an ARN. A glob that names no qualifier is for all of them.
 */
export function matchesFunction(glob: string, called: CalledFunction): boolean {
  const found = parseFunctionName(called.functionName);
  if (found === undefined) return false;
  const { region, account, name, qualifier } = found;
  const isBare = region === undefined && account === undefined && !/^(?:arn|function):/.test(called.functionName);
  if (NAME_GLOB.test(glob)) return isBare && matchesGlob(glob, name);
  // `us-east-1:name` and `function:name` have no account: AWS could read them in several ways.
  if (isBare || account === undefined || !ARN_GLOB.test(glob)) return false;
  const where = region ?? called.region;
  const partition = /^arn:([^:]+):/.exec(called.functionName)?.[1] ?? partitionOf(where);
  const arn = `arn:${partition}:lambda:${where}:${account}:function:${name}`;
  const globParts = glob.split(':');
  const versions = new Set([qualifier, called.qualifier].filter((version) => version !== undefined));
  if (versions.size === 0) versions.add('$LATEST');
  const [, , , , , , , version] = globParts;
  return (
    matchesSegments(globParts.slice(0, 7).join(':'), arn) &&
    (version === undefined || [...versions].every((one) => matchesGlob(version, one)))
  );
}
