import { partitionOf } from '../../aws-partition.ts';
import { FormatError } from '../format-error.ts';
import { percentDecode } from '../percent-decode.ts';

/** Expressions may set them: with a wildcard or a separator the ARN would also match other requests. */
const PLAIN = /^(?:\$default|[\w.-]+)$/;

/** The names of an API's stage. */
export interface StageNames {
  readonly region: string;
  readonly accountId: string;
  readonly apiId: string;
  readonly stage: string;
}

/** What a policy is evaluated against. */
export interface MethodArn {
  /** `methodArn` or `routeArn` of the event. */
  readonly text: string;
  /**
   * The same, and how a backend may read it: decoded once by each server on the way, and without path parameters (`;a=b`). What
   * a policy denies is denied under each of them.
   */
  readonly readings: readonly string[];
}

/** `arn:aws:execute-api:REGION:ACCOUNT:API/STAGE`: no other names give the same text. Throws FormatError. */
export function stageArn({ region, accountId, apiId, stage }: StageNames): string {
  for (const [name, value] of Object.entries({ region, accountId, apiId, stage })) {
    if (!PLAIN.test(value)) throw new FormatError(`${name} is not a plain name, which an ARN requires`);
  }
  return `arn:${partitionOf(region)}:execute-api:${region}:${accountId}:${apiId}/${stage}`;
}

/** `STAGE/METHOD/path`, as API Gateway has it. `pathname`: as it would be forwarded, without query, and not refused by `pathRefusal`. */
export function methodArn(stage: string, method: string, pathname: string): MethodArn {
  const start = `${stage}/${method}/`;
  const path = pathname.slice(1);
  if (!/[%;]/.test(path)) return { text: start + path, readings: [start + path] };
  const paths = new Set([path]);
  // Added readings are processed too. The loop ends: each reading is shorter than the one that it comes from.
  for (const reading of paths) paths.add(percentDecode(reading)).add(reading.replace(/;[^/]*/g, ''));
  return { text: start + path, readings: [...paths].map((reading) => start + reading) };
}
