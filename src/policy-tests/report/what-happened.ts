import { printableLine } from '../../printable.ts';
import type { RecordedCall, RecordedRun, RecordedStep } from '../../trial/index.ts';
import { shown, shownBytes } from '../difference.ts';

/** A run in a few lines, to find the reason for a difference. */
export function whatHappened(run: RecordedRun): readonly string[] {
  const { forwarded, response, error, rejection, streamed } = run;
  const lines = [
    ...run.steps.map(stepLine),
    ...(error === undefined ? [] : [`answered with the error ${error.failure.key}: ${reasonOf(error.failure)}`]),
    ...(rejection === undefined ? [] : [`refused by Envoy: ${rejection}`]),
    forwarded === undefined ? 'the backend was not called' : `the backend got ${forwarded.method} ${forwarded.path}`,
    ...(streamed?.cutBy === undefined ? [] : [`the streamed answer was cut by ${streamed.cutBy}`]),
    `the caller got ${response.status}${streamed === undefined ? '' : ' streamed'}${response.body.length === 0 ? '' : ` ${shownBytes(response.body)}`}`,
  ];
  return lines.map(printableLine);
}

function stepLine({ step, phase, condition, call, failure }: RecordedStep): string {
  const begin = `${phase} step ${step.name}`;
  if (condition?.value === false) {
    const why = condition.error === undefined ? 'is false' : `fails (${reasonOf(condition.error)})`;
    return `${begin}: skipped, its condition ${shown(step.condition?.source)} ${why}`;
  }
  const failed =
    failure === undefined
      ? ''
      : `; it failed${failure.goesOn ? ' and the request went on' : ''}: ${reasonOf(failure.failure)}`;
  return `${begin}: ${call === undefined ? 'no call' : callText(call)}${failed}`;
}

function callText({ invocation, result, error }: RecordedCall): string {
  const payload = invocation.payload === undefined ? 'no payload' : shownBytes(invocation.payload);
  const outcome =
    result === undefined
      ? (error?.message ?? 'nothing')
      : `${result.functionError === undefined ? '' : `${result.functionError} `}${shownBytes(result.payload)}`;
  return `called ${invocation.functionName} with ${payload} → ${outcome}`;
}

/** The messages of an error and of its causes. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message, cause } = error;
  return cause instanceof Error && cause.message !== message ? `${message} (${cause.message})` : message;
}
