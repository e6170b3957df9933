import type { CompiledTemplate } from '../../expression/index.ts';
import { functionNameVerdict, invocationDefaults, parseFunctionName } from '../../lambda/index.ts';
import type { ConfigurationDocument } from '../schema/index.ts';
import { isBlank, warnOfBlank } from './blank.ts';
import type { ConfigurationScope } from './configuration-scope.ts';
import { judgeRegion } from './regions.ts';

export interface Destination {
  readonly function: CompiledTemplate;
  readonly region: CompiledTemplate;
}

/** Which function is called and where; undefined when that cannot be determined. */
export function compileDestination(
  configuration: ConfigurationDocument,
  scope: ConfigurationScope,
): Destination | undefined {
  const functionText = configuration.function ?? '';
  if (functionText.trim() === '') {
    scope.error(['function'], 'is missing: expected the name or ARN of a Lambda function, here or in defaults');
  }
  warnOfBlank(configuration, ['region'], [], scope);
  const functionName = scope.template(['function'], functionText);
  const { region: regionText } = configuration;
  const region = scope.template(['region'], isBlank(regionText) ? invocationDefaults.region : regionText);
  if (functionName === undefined || region === undefined) return undefined;
  checkFunction(functionName, region, !isBlank(configuration.endpoint), scope);
  checkRegion(region, scope);
  return { function: functionName, region };
}

/** AWS refuses a call that names two versions of the function. */
export function checkOneQualifier(
  functionName: CompiledTemplate,
  qualifier: CompiledTemplate | undefined,
  scope: ConfigurationScope,
): void {
  if (!functionName.constant || !qualifier?.constant) return;
  const own = parseFunctionName(functionName.constant)?.qualifier;
  if (own !== undefined && own !== qualifier.constant) {
    scope.error(
      ['qualifier'],
      `differs from the qualifier in function, ${own}, and AWS would refuse the call: use only one of them`,
    );
  }
}

function checkFunction(
  template: CompiledTemplate,
  region: CompiledTemplate,
  hasEndpoint: boolean,
  scope: ConfigurationScope,
): void {
  const name = scope.fixedText(['function'], template);
  if (name === undefined || name.trim() === '') return;
  const verdict = functionNameVerdict(name);
  if (verdict === 'invalid') {
    scope.error(
      ['function'],
      'is not a valid function: expected a name, name:qualifier, or an ARN of a Lambda function',
    );
    return;
  }
  if (verdict === 'unknown') {
    scope.warn(['function'], 'does not have the form of a name or ARN that this version knows; AWS may refuse it');
  }
  const arnRegion = parseFunctionName(name)?.region;
  const called = scope.fixedValue(region);
  if (arnRegion === undefined || called === undefined || arnRegion === called) return;
  const message = `the ARN is in ${arnRegion}, but the call goes to ${called}: set region`;
  // A custom endpoint may serve several regions; AWS does not find a function in another region.
  if (hasEndpoint) scope.warn(['function'], message);
  else scope.error(['function'], message);
}

function checkRegion(template: CompiledTemplate, scope: ConfigurationScope): void {
  const region = scope.fixedText(['region'], template);
  if (region === undefined) return;
  const verdict = judgeRegion(region);
  if (verdict.kind === 'invalid') {
    scope.error(
      ['region'],
      `is not an AWS region: expected a region such as ${invocationDefaults.region}${verdict.hint}`,
    );
  }
  if (verdict.kind === 'unknown') scope.warn(['region'], `is not a region that this version knows${verdict.hint}`);
}
