import type { CompiledTemplate } from '../../expression/index.ts';
import type { LambdaConfiguration } from '../../policy/index.ts';
import type { DocumentPath } from '../problem.ts';
import type { ConfigurationScope } from './configuration-scope.ts';

/** An earlier request step that streams its answer. */
export interface StreamedBy {
  readonly name: string;
  /** It streams for every request that reaches it, not only for some. */
  readonly always: boolean;
}

export interface LaterStep {
  readonly configuration: Pick<LambdaConfiguration, 'sendToConsumer' | 'mutations'>;
  readonly condition: CompiledTemplate | undefined;
  /** All templates of the step; `beforeCall` are those that are evaluated before the function is called. */
  readonly templates: readonly CompiledTemplate[];
  readonly beforeCall: readonly CompiledTemplate[];
  /** Whether or not by a template. */
  readonly readsResponseBody: boolean;
}

export interface LaterPlace {
  /** Place of the step. */
  readonly path: DocumentPath;
  readonly phase: 'request' | 'response';
  readonly streamedBy?: StreamedBy | undefined;
  /** `#lambdaResponse` may be an answer that is still arriving. */
  readonly afterStream?: boolean | undefined;
}

/** Reports what a step must not do because it runs after a step that streams its answer to the caller. */
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
    const message = `reads the content of ${what}, which step ${name} streams, so the content is never available: read its status or headers, or remove \`streaming\` from step ${name}`;
    if (template !== undefined && template === condition) scope.errorAt([...path, 'condition'], message);
    else if (template === undefined) scope.error([], message, 'key');
    else scope.error(scope.placeOf(template), message);
  };
  if (readsResponseBody || read !== undefined) tell(read, 'the response');
  if (early !== undefined) tell(early, '#lambdaResponse');
}

/** A later answer would replace the streamed one, and the streaming function would have been called for nothing. */
function checkSecondAnswer(
  { configuration, condition }: LaterStep,
  { name, always }: StreamedBy,
  scope: ConfigurationScope,
): void {
  if (configuration.sendToConsumer === false) return;
  if (always) {
    const message = `cannot change the answer that step ${name} streams to every caller: put this step before it, or remove sendToConsumer`;
    scope.error(['sendToConsumer'], message, 'key');
  } else if (condition?.needs.response !== true) {
    const message = `would replace the answer that step ${name} streams: run this step only if no step has answered yet, with \`condition: "{#response == null}"\` and \`onConditionError: fail\`, or put it before that step`;
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
      const message = `replaces the body that step ${name} streams to every caller: change only its status and headers, or remove \`streaming\` from step ${name}`;
      scope.error(path, message, 'key');
    } else if (condition === undefined) {
      const message = `also replaces the body that step ${name} streams: give this step a condition that is false in that case, for example on a variable that step ${name} sets`;
      scope.warn(path, message, 'key');
    }
  }
}
