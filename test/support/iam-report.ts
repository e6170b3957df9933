import { type IamOptions, type IamReport, iamReport, loadPolicies } from '../../src/config/index.ts';
import { type CredentialSource, type Invocation, parseFunctionName } from '../../src/lambda/index.ts';

const unknown: IamOptions = { account: undefined, principal: undefined, sessionTags: false, sourceIdentity: false };

/** What `iam` tells of a document, its steps named by their APIs. */
export function reportOf(document: object, options: Partial<IamOptions> = {}): IamReport {
  const loaded = loadPolicies(JSON.stringify({ version: 1, ...document }), 'policies.json');
  const steps = [...loaded.set.apis].flatMap(([api, { request, response }]) =>
    [...request, ...response].map((step) => ({ api, step, place: `${api}.${step.name}` })),
  );
  return iamReport(loaded, steps, { ...unknown, ...options }, 'inline');
}

/** The ARN that Lambda asks IAM about, read anew from the call: API_Invoke and the service's table of resource types. */
export function calledArn({ functionName, region, qualifier }: Invocation, signerAccount: string): string {
  const found = parseFunctionName(functionName);
  if (found === undefined) throw new Error(`no function: ${functionName}`);
  const partition = region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
  const version = qualifier ?? found.qualifier;
  const name = version === undefined ? found.name : `${found.name}:${version}`;
  return `arn:${partition}:lambda:${found.region ?? region}:${found.account ?? signerAccount}:function:${name}`;
}

/** All roles of a call, in order. */
export function rolesOf({ roleChain = [], role }: CredentialSource): readonly { readonly roleArn: string }[] {
  return role === undefined ? roleChain : [...roleChain, role];
}
