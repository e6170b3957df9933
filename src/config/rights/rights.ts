import type { DocumentPath } from '../problem.ts';
import type { RightsDocument } from '../schema/index.ts';
import { isEndpointGlob, matchesEndpoint } from './endpoint-globs.ts';
import { type CalledFunction, isFunctionGlob, matchesFunction } from './function-globs.ts';
import { matchesSegments } from './segments.ts';

export type RightsList = 'functions' | 'regions' | 'endpoints' | 'roles';

const ROLE_GLOB = /^arn:[^:]+:(?:iam|\*):[^:]*:[^:]+:(?:role\/[^:]+|\*)$/;

/** Lists of globs that limit functions, destinations and identities: `inline` or `allow` of the document. */
export class Rights {
  readonly #lists: RightsDocument;

  constructor(lists: RightsDocument) {
    this.#lists = lists;
  }

  /** Whether the document has such a list; an empty one counts, and allows nothing. */
  has(list: RightsList): boolean {
    return (this.#lists[list] ?? undefined) !== undefined;
  }

  /** Nothing that an expression could give is allowed. */
  isEmpty(list: RightsList): boolean {
    return (this.#lists[list] ?? []).length === 0;
  }

  allowsFunction(called: CalledFunction): boolean {
    return this.#some('functions', (glob) => matchesFunction(glob, called));
  }

  allowsRegion(region: string): boolean {
    return this.#some('regions', (glob) => matchesSegments(glob, region));
  }

  allowsEndpoint(endpoint: string): boolean {
    return this.#some('endpoints', (glob) => matchesEndpoint(glob, endpoint));
  }

  allowsRole(roleArn: string): boolean {
    return this.#some('roles', (glob) => ROLE_GLOB.test(glob) && matchesSegments(glob, roleArn));
  }

  #some(list: RightsList, matches: (glob: string) => boolean): boolean {
    return (this.#lists[list] ?? []).some(matches);
  }
}

/** What an ARN, a name or a region is made of, and `*`: to IAM other characters would mean something. */
const PLAIN = /^[\w.*$:@+=,/~-]+$/;

/** The globs of a list that can match anything, for IAM policies. Undefined: there is no such list. */
export function iamGlobs(
  lists: RightsDocument,
  list: 'functions' | 'regions' | 'roles',
): readonly string[] | undefined {
  const isGlob = {
    functions: isFunctionGlob,
    regions: (glob: string) => !glob.includes(':'),
    roles: (glob: string) => ROLE_GLOB.test(glob),
  }[list];
  return lists[list]?.filter((glob) => PLAIN.test(glob) && isGlob(glob));
}

/** Reports globs that can match nothing. */
export function checkGlobs(lists: RightsDocument, report: (path: DocumentPath, message: string) => void): void {
  const check = (list: RightsList, isGlob: (glob: string) => boolean, expected: string): void => {
    for (const [index, glob] of (lists[list] ?? []).entries()) {
      if (!isGlob(glob)) report([list, index], `matches nothing: expected ${expected}`);
    }
  };
  check(
    'functions',
    isFunctionGlob,
    'a name without a colon, or an ARN such as arn:aws:lambda:us-east-1:123456789012:function:name',
  );
  check('regions', (glob) => !glob.includes(':'), 'a region such as us-east-1');
  check('endpoints', isEndpointGlob, 'https://host[:port][/path]');
  check('roles', (glob) => ROLE_GLOB.test(glob), 'an ARN such as arn:aws:iam::123456789012:role/name');
}
