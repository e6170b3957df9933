import { type Invocation, parseFunctionName } from '../lambda/index.ts';

/** How a test may write the function of a call, the most exact first: as the policy does, `name:qualifier`, `name`. */
export function namesOf({ functionName, qualifier: separate }: Invocation): readonly string[] {
  const parsed = parseFunctionName(functionName);
  const name = parsed?.name ?? functionName;
  const qualifier = separate ?? parsed?.qualifier;
  const written = functionName === name ? [] : [functionName];
  return [...written, ...(qualifier === undefined ? [] : [`${name}:${qualifier}`]), name];
}

/** Version or alias of a call. */
export function qualifierOf({ functionName, qualifier }: Invocation): string | undefined {
  return qualifier ?? parseFunctionName(functionName)?.qualifier;
}
