/** The parts of a function's name, however it is written. */
export interface FunctionName {
  /** Of an ARN or a partial one. */
  readonly region: string | undefined;
  readonly account: string | undefined;
  /** Without region, account and qualifier. */
  readonly name: string;
  readonly qualifier: string | undefined;
}

/** `unknown`: not in AWS's grammar today, but it may be added. `invalid`: it never will be. */
export type Verdict = 'known' | 'unknown' | 'invalid';

/**
 * The patterns and lengths of FunctionName and Qualifier as the service's model has them:
 * https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
const knownRegion = String.raw`(?:eusc-)?[a-z]{2}(?:-gov|-iso[a-z]?)?-[a-z]+-\d`;
const knownQualifier = String.raw`\$LATEST(?:\.PUBLISHED)?|[\w-]+`;
const knownName = syntaxOf('aws[a-zA-Z-]*', knownRegion, String.raw`[\w.-]+`, knownQualifier);
const KNOWN_QUALIFIER_ALONE = /^(?:\$LATEST(?:\.PUBLISHED)?|[\w$-]+)$/;
const MAX_NAME = 256;
const MAX_QUALIFIER = 128;

/** Wider in each part, but still the form of a name: no blanks, no slashes, not an ARN of another service. */
const possiblePart = String.raw`[\w.$@+~-]+`;
const possibleRegion = String.raw`[a-z]{2,8}(?:-[a-z]+){1,3}-\d{1,2}`;
const possibleName = syntaxOf(String.raw`[a-zA-Z][\w-]*`, possibleRegion, possiblePart, possiblePart);
const possibleQualifierAlone = new RegExp(`^${possiblePart}$`);
/** The service refuses names far shorter; this bounds what is encoded and remembered. */
export const MAX_NAME_LENGTH = 2_048;

/** The parts of a name, `name:qualifier`, partial or full ARN; undefined: it is none of these. */
export function parseFunctionName(text: string): FunctionName | undefined {
  const found = knownName.exec(text) ?? possibleName.exec(text);
  if (found?.groups === undefined || text.length > MAX_NAME_LENGTH) return undefined;
  const { region, account, name = '', qualifier } = found.groups;
  return { region, account, name, qualifier };
}

export function functionNameVerdict(text: string): Verdict {
  if (text.length <= MAX_NAME && knownName.test(text)) return 'known';
  return text.length <= MAX_NAME_LENGTH && possibleName.test(text) ? 'unknown' : 'invalid';
}

export function qualifierVerdict(text: string): Verdict {
  if (text.length <= MAX_QUALIFIER && KNOWN_QUALIFIER_ALONE.test(text)) return 'known';
  return text.length <= MAX_NAME_LENGTH && possibleQualifierAlone.test(text) ? 'unknown' : 'invalid';
}

function syntaxOf(partition: string, region: string, name: string, qualifier: string): RegExp {
  const scope = String.raw`(?:arn:(?:${partition})?:lambda:)?(?:(?<region>${region}):)?(?:(?<account>\d{12}):)?`;
  return new RegExp(`^${scope}(?:function:)?(?<name>${name})(?::(?<qualifier>${qualifier}))?$`);
}
