import { attributeName, attributeReads, replaceReads } from './attribute-access.ts';
import { quote } from './conditions.ts';
import type { Step } from './definition.ts';
import type { Report } from './report.ts';

/** A step of an API with the conditions of its flow, as expressions without braces. */
export interface FlowStep {
  readonly step: Step;
  /** e.g. "flow all of the API". */
  readonly flow: string;
  /** Conditions beyond those of the route. */
  readonly parts: readonly string[];
  /** Steps with the same number have their conditions evaluated together: the number of the first of them. */
  readonly evaluatedAt: number;
}

type Json = Readonly<Record<string, unknown>>;

/**
 * The newer engines evaluate the condition of a flow once, before its request steps, and the result also counts for its
 * response steps. Here each step has the condition. Its result is the same unless a step in between set an attribute
 * that the condition reads: then that step keeps the old value under another name, from which later conditions read it.
 * `steps` are all of one API in the order in which they run.
 */
export function evaluateOnce(steps: readonly FlowStep[], report: Report): readonly FlowStep[] {
  const kept = new Map<number, Json[]>();
  const result = steps.map((use, position) => {
    const between = steps.slice(use.evaluatedAt, position);
    if (between.length === 0 || use.parts.length === 0) return use;
    const text = use.parts.join(' ');
    const { names, hasOthers } = attributeReads(text);
    if ((hasOthers && between.some(setsSomething)) || /#(?:lambdaResponse|response)\b/.test(text)) {
      const what = `the condition of ${use.flow} is evaluated again for each of its steps, not once: what earlier steps did may change it`;
      report.add('changed', what, use.step.field);
    }
    const renamed = new Map<string, string>();
    for (const name of names) {
      const setters = between.flatMap(({ step }, index) => (sets(step, name) ? [use.evaluatedAt + index] : []));
      if (setters.length === 0) continue;
      const key = `kept-${use.evaluatedAt}.${name}`;
      for (const [index, setter] of setters.entries()) keep(kept, setter, key, name, index === 0);
      renamed.set(name, keptOr(key, name));
    }
    if (renamed.size === 0) return use;
    return { ...use, parts: use.parts.map((part) => replaceReads(part, (name) => renamed.get(name))) };
  });
  return result.map((entry, position) => {
    const variables = kept.get(position);
    return variables === undefined ? entry : { ...entry, step: withVariables(entry.step, variables) };
  });
}

/** Before the step's own variables: a value that is already kept does not change. */
function keep(kept: Map<number, Json[]>, position: number, key: string, name: string, isFirst: boolean): void {
  const variables = kept.get(position) ?? [];
  kept.set(position, variables);
  if (variables.some((variable) => variable.name === key)) return;
  const value = isFirst ? `{#context.attributes[${quote(name)}]}` : `{${keptOr(key, name)}}`;
  variables.push({ name: key, value }, { name: `${key}.is-kept`, value: 'yes' });
}

function keptOr(key: string, name: string): string {
  const read = (attribute: string): string => `#context.attributes[${quote(attribute)}]`;
  return `(${read(`${key}.is-kept`)} != null ? ${read(key)} : ${read(name)})`;
}

function withVariables(step: Step, variables: readonly Json[]): Step {
  const own = Array.isArray(step.configuration.variables) ? (step.configuration.variables as readonly Json[]) : [];
  return { ...step, configuration: { ...step.configuration, variables: [...variables, ...own] } };
}

/** The attributes that a step sets. */
export function variableNames({ configuration: { variables } }: Step): readonly string[] {
  if (!Array.isArray(variables)) return [];
  return (variables as readonly Json[]).map(({ name }) => attributeName(String(name)));
}

function sets(step: Step, name: string): boolean {
  return variableNames(step).includes(name);
}

function setsSomething({ step }: FlowStep): boolean {
  return variableNames(step).length > 0;
}
