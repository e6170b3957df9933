import type { CompiledTemplate } from '../../expression/index.ts';
import type { LambdaConfiguration } from '../../policy/index.ts';
import type { DocumentPath } from '../problem.ts';
import type { ConfigurationScope } from './configuration-scope.ts';

/** An earlier request step that streams its answer. */
export interface StreamedBy {
  readonly name: string;
  /** For every request that comes so far. */
  readonly always: boolean;
}

export interface LaterStep {
  readonly configuration: Pick<LambdaConfiguration, 'sendToConsumer' | 'mutations'>;
  readonly condition: CompiledTemplate | undefined;
  /** All of them, and those that are evaluated before the function is called. */
  readonly templates: readonly CompiledTemplate[];
  readonly beforeCall: readonly CompiledTemplate[];
  /** Templates or not. */
  readonly readsResponseBody: boolean;
}

export interface LaterPlace {
  /** Of the step. */
  readonly path: DocumentPath;
  readonly phase: 'request' | 'response';
  readonly streamedBy?: StreamedBy | undefined;
  /** What the last call left may be an answer that still arrives. */
  readonly afterStream?: boolean | undefined;
}

/** What a step may not do that runs on an answer which goes to the caller while it arrives. */
export function checkAfterStream(step: LaterStep, place: LaterPlace, scope: ConfigurationScope): void {
  const { streamedBy } = place;
  if (streamedBy === undefined) return;
  checkContent(step, place, streamedBy, scope);
  if (place.phase === 'request') checkSecondAnswer(step, streamedBy, scope);
  else checkReplacement(step, streamedBy, scope);
}

function checkContent(
  { condition, templates, beforeCall, readsResponseBody }: LaterStep,
  { path, afterStream }: LaterPlace,
  { name }: StreamedBy,
  scope: ConfigurationScope,
): void {
  const read = templates.find(({ needs }) => needs.responseBody);
  const early = afterStream ? beforeCall.find(({ needs }) => needs.lambdaResponseBody) : undefined;
  const tell = (template: CompiledTemplate | undefined, what: string): void => {
    const message = `reads the content of ${what}, which step ${name} sends while it arrives, so that it is never there: read its status or headers, or take \`streaming\` out of step ${name}`;
    if (template !== undefined && template === condition) scope.errorAt([...path, 'condition'], message);
    else if (template === undefined) scope.error([], message, 'key');
    else scope.error(scope.placeOf(template), message);
  };
  if (readsResponseBody || read !== undefined) tell(read, 'the response');
  if (early !== undefined) tell(early, '#lambdaResponse');
}

/** The last answer wins, and a function that streams is not called for nothing. */
function checkSecondAnswer(
  { configuration, condition }: LaterStep,
  { name, always }: StreamedBy,
  scope: ConfigurationScope,
): void {
  if (configuration.sendToConsumer === false) return;
  if (always) {
    const message = `cannot change the answer that step ${name} streams to every caller: put this step before it, or take sendToConsumer out`;
    scope.error(['sendToConsumer'], message, 'key');
  } else if (condition?.needs.response !== true) {
    const message = `would take the place of the answer that step ${name} streams: run this step only where nobody has answered yet, by \`condition: "{#response == null}"\` and \`onConditionError: fail\`, or put it before that step`;
    scope.error(['sendToConsumer'], message, 'key');
  }
}

function checkReplacement(
  { configuration, condition }: LaterStep,
  { name, always }: StreamedBy,
  scope: ConfigurationScope,
): void {
  const { sendToConsumer, mutations } = configuration;
  const fields = [
    ...(sendToConsumer === false ? [] : [['sendToConsumer']]),
    ...(mutations.body === undefined || sendToConsumer === true ? [] : [['mutations', 'body']]),
  ];
  for (const path of fields) {
    if (always) {
      const message = `takes the place of the body that step ${name} streams to every caller: change its status and headers, or take \`streaming\` out of step ${name}`;
      scope.error(path, message, 'key');
    } else if (condition === undefined) {
      const message = `takes the place of the body that step ${name} streams, too: give this step a condition that is false there, as on a variable which step ${name} sets`;
      scope.warn(path, message, 'key');
    }
  }
}
