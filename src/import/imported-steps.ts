import type { ChosenFlow } from './choose-flows.ts';
import { allOf, readCondition } from './conditions.ts';
import type { ApiDefinition, Step } from './definition.ts';
import { evaluateOnce, type FlowStep } from './once-conditions.ts';
import type { Report } from './report.ts';

/** A step whose condition includes everything that its flow requires beyond the route. */
export interface ImportedStep {
  readonly step: Step;
  readonly condition: string | undefined;
  /** Where it is from, e.g. "flow all of the API". */
  readonly flow: string;
}

export interface Chains {
  readonly plan: readonly ChosenFlow[];
  readonly api: readonly ChosenFlow[];
}

export interface PhaseSteps {
  readonly request: readonly ImportedStep[];
  readonly response: readonly ImportedStep[];
}

/** The steps of one API in the order of the gateway's engine. */
export function conditionalSteps({ plan, api }: Chains, definition: ApiDefinition, report: Report): PhaseSteps {
  const { mode, flowMode } = definition;
  const firstOf = new Map<ChosenFlow, number>();
  let position = 0;
  for (const chain of [plan, api]) {
    const begin = position;
    for (const chosen of chain) {
      // The closest of several flows is found before any of them runs.
      firstOf.set(chosen, flowMode === 'BEST_MATCH' ? begin : position);
      position += chosen.flow.request.length;
    }
  }
  const phase = (chains: readonly (readonly ChosenFlow[])[], which: 'request' | 'response'): readonly FlowStep[] => {
    return chains.flat().flatMap((chosen) => {
      const { flow, parts } = chosen;
      return flow[which].map((step) => ({
        step,
        flow: `flow ${flow.name} of ${flow.owner}`,
        parts,
        evaluatedAt: firstOf.get(chosen) ?? 0,
      }));
    });
  };
  const request = phase([plan, api], 'request');
  // The older engine runs the API's flows before the plan's, and evaluates conditions again.
  const response = phase(mode === 'v3' ? [api, plan] : [plan, api], 'response');
  const all = mode === 'v3' ? [...request, ...response] : evaluateOnce([...request, ...response], report);
  return {
    request: all.slice(0, request.length).flatMap((entry) => conditional(entry, report)),
    response: all.slice(request.length).flatMap((entry) => conditional(entry, report)),
  };
}

function conditional({ step, parts, flow }: FlowStep, report: Report): readonly ImportedStep[] {
  const all = [...parts];
  for (const text of step.conditions) {
    const condition = readCondition(text);
    if (condition.kind === 'never') {
      const what = `step ${step.name} of ${flow} is not imported: the gateway never ran it, because ${condition.why}`;
      report.add('changed', what, step.field);
      return [];
    }
    if (condition.kind === 'expression') all.push(condition.bare);
  }
  const [only] = step.conditions;
  if (parts.length === 0 && step.conditions.length === 1 && all.length === 1 && only !== undefined) {
    return [{ step, condition: only.trim(), flow }];
  }
  return [{ step, condition: allOf(all), flow }];
}
