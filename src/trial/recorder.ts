import type { PolicyStep, TraceEvent } from '../policy/index.ts';
import type { RecordedCall, RecordedError, RecordedStep } from './recorded-run.ts';

type Unfinished<T> = { -readonly [K in keyof T]: T[K] };

/** Makes steps from the events of running policies. */
export class Recorder {
  readonly steps: RecordedStep[] = [];
  readonly attributes = new Map<string, string | null>();
  error: RecordedError | undefined;
  #step: Unfinished<RecordedStep> | undefined;

  readonly trace = (event: TraceEvent): void => {
    if (event.kind === 'step') {
      this.#step = begun(event.step, event.phase);
      this.steps.push(this.#step);
    } else if (event.kind === 'error-answer') {
      const { failure, template } = event;
      this.error = { failure, template };
    } else if (this.#step !== undefined) {
      this.#add(this.#step, event);
    }
  };

  #add(step: Unfinished<RecordedStep>, event: Exclude<TraceEvent, { readonly kind: 'step' | 'error-answer' }>): void {
    switch (event.kind) {
      case 'condition':
        step.condition = { value: event.value, error: event.error };
        break;
      case 'invocation':
        step.call = { invocation: event.invocation, result: undefined, error: undefined, cached: false };
        break;
      case 'uncacheable':
        step.isUncacheable = true;
        break;
      case 'result':
        step.call = ended(step.call, { result: event.result, cached: event.cached });
        break;
      case 'invocation-error':
        step.call = ended(step.call, { error: event.error });
        break;
      case 'answer':
        step.answer = event.answer;
        break;
      case 'judgement': {
        const { arn, judgement, grant } = event;
        step.judgement = { arn, judgement, grant };
        break;
      }
      case 'variable':
        step.variables = [...step.variables, [event.name, event.value]];
        this.attributes.set(event.name, event.value);
        break;
      case 'send-to-consumer':
        step.sendToConsumer = event.value;
        break;
      case 'mutations':
        step.mutations = event.mutations;
        break;
      case 'cleared':
        step.cleared = event.headers;
        break;
      case 'failure':
        step.failure = { failure: event.failure, goesOn: event.goesOn };
    }
  }
}

function begun(step: PolicyStep, phase: RecordedStep['phase']): Unfinished<RecordedStep> {
  return {
    step,
    phase,
    condition: undefined,
    isUncacheable: false,
    call: undefined,
    answer: undefined,
    judgement: undefined,
    variables: [],
    sendToConsumer: undefined,
    mutations: undefined,
    cleared: [],
    failure: undefined,
  };
}

function ended(call: RecordedCall | undefined, end: Partial<RecordedCall>): RecordedCall | undefined {
  return call === undefined ? undefined : { ...call, ...end };
}
