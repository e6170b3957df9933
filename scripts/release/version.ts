/** A version according to https://semver.org: numbers, and the part of a pre-release after the hyphen. */
interface Version {
  readonly numbers: readonly number[];
  readonly pre: readonly string[];
}

const PATTERN =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][\da-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][\da-zA-Z-]*))*))?$/;

/** Throws if the text is not a version, or has build metadata, which npm and image tags do not support. */
export function parseVersion(text: string): Version {
  const [, major, minor, patch, pre] = PATTERN.exec(text) ?? [];
  if (major === undefined) throw new Error(`not a version: ${JSON.stringify(text)}; write it as 1.2.3 or 1.2.3-rc.1`);
  return { numbers: [major, minor, patch].map(Number), pre: pre?.split('.') ?? [] };
}

/**
 * The distribution tag of this version in registries: `latest`, which users get without naming a version; `next` for a pre-release;
 * `release-1.2` for a fix of 1.2 when a higher version is already released. `released`: all versions, with or without this one.
 */
export function channelOf(version: string, released: readonly string[]): string {
  const { numbers, pre } = parseVersion(version);
  if (pre.length > 0) return 'next';
  const isOlder = released.some((other) => parseVersion(other).pre.length === 0 && compareVersions(other, version) > 0);
  return isOlder ? `release-${numbers.slice(0, 2).join('.')}` : 'latest';
}

/** Negative if `a` comes before `b` (semver, 11). */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [parseVersion(a), parseVersion(b)];
  for (const [index, number] of left.numbers.entries()) {
    const difference = number - (right.numbers[index] ?? 0);
    if (difference !== 0) return difference;
  }
  if (left.pre.length === 0 || right.pre.length === 0) return right.pre.length - left.pre.length;
  for (const [index, part] of left.pre.entries()) {
    const other = right.pre[index];
    if (other === undefined) return 1;
    const difference = comparePart(part, other);
    if (difference !== 0) return difference;
  }
  return left.pre.length - right.pre.length;
}

function comparePart(a: string, b: string): number {
  const [isNumber, isOtherNumber] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (isNumber && isOtherNumber) return Number(a) - Number(b);
  if (isNumber !== isOtherNumber) return isNumber ? -1 : 1;
  return a < b ? -1 : Number(a > b);
}
