import type { Problem } from '../config/index.ts';

/** Where one thing is wrong. Counted from 1. */
export interface Place extends Pick<Problem, 'line' | 'column' | 'path' | 'subject'> {
  /** The API, route or step that the message names here, if it differs from the first place. */
  readonly about?: string | undefined;
}

/** One problem in one file, with its places. */
export interface Finding extends Pick<Problem, 'severity' | 'file' | 'message'> {
  /** The first ones in the order of the file, at least one and at most `MOST_PLACES`. */
  readonly places: readonly [Place, ...Place[]];
  /** How many places there are in all. */
  readonly count: number;
}

const MOST_PLACES = 100;

/** The same thing in many places is one finding. In the order in which each is found first. */
export function groupProblems(problems: readonly Problem[]): readonly Finding[] {
  const groups = new Map<string, { first: Problem; places: [Place, ...Place[]]; count: number }>();
  for (const problem of problems) {
    const { line, column, path, subject, message } = problem;
    const place = { line, column, path, subject };
    const key = sameness(problem);
    const group = groups.get(key);
    if (group === undefined) {
      groups.set(key, { first: problem, places: [place], count: 1 });
      continue;
    }
    group.count++;
    if (group.places.length === MOST_PLACES) continue;
    const about = namedIn(message);
    group.places.push(about === namedIn(group.first.message) ? place : { ...place, about });
  }
  return [...groups.values()].map(({ first: { severity, file, message }, places, count }) => {
    return { severity, file, message, places, count };
  });
}

const NAMED = /\b(API|route|step) [^\s,:;]+/g;

function namedIn(message: string): string {
  return (message.match(NAMED) ?? []).join(', ');
}

/** Two problems are the same thing when they say the same of a field of the same name, whatever API or route has it. */
function sameness({ severity, file, path, message }: Problem): string {
  const words = message.replaceAll(NAMED, '$1 *').replace(/at character \d+ of the text.*$/s, '');
  return [severity, file, lastName(path), words].join('\n');
}

/** `region` of `apis.orders.request.0.configuration.region`, `routes` of `apis.orders.routes.3`. */
function lastName(path: string): string {
  const names = path.match(/\["(?:[^"\\]|\\.)*"\]|[^.[\]]+/g) ?? [];
  return names.findLast((name) => !/^\d+$/.test(name)) ?? '';
}
