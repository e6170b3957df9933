import type { PolicyStep } from '../policy/index.ts';
import type { RecordedRun, RecordedStep } from '../trial/index.ts';
import type { Place, Places } from './coverage-places.ts';

/** Something that a document can do and that a test should cover. */
export interface CoverageItem extends Place {
  /** The step's name; undefined for a response template. */
  readonly step: string | undefined;
  readonly missing: Missing;
}

/** As a report describes it. */
export type Missing =
  | 'never called its function'
  | 'its condition was never true'
  | 'its condition was never false'
  | 'sendToConsumer was never true'
  | 'sendToConsumer was never false'
  | 'the authorizer never allowed a request'
  | 'the authorizer never denied a request'
  | 'never failed'
  | 'this response template was never used';

export interface CoverageReport {
  readonly covered: number;
  readonly total: number;
  /** In the order of the document. */
  readonly missed: readonly CoverageItem[];
  /** APIs whose steps no test has reached, in the order of the document. */
  readonly untested: readonly string[];
}

/** What the tests of one document have covered of it. */
export class Coverage {
  readonly #items = new Map<string, CoverageItem>();
  readonly #seen = new Set<string>();
  readonly #testedApis = new Set<string | undefined>();

  /** The document, compiled: once for each file that tests it. */
  add({ steps, templates }: Places): void {
    for (const [step, place] of steps) {
      for (const missing of branchesOf(step)) this.#expect({ ...place, step: step.name, missing });
    }
    for (const place of templates.values()) {
      this.#expect({ ...place, step: undefined, missing: 'this response template was never used' });
    }
  }

  saw(run: RecordedRun, { steps, templates }: Places): void {
    for (const step of run.steps) {
      const place = steps.get(step.step);
      if (place === undefined) continue;
      this.#testedApis.add(place.api);
      for (const branch of takenBy(step)) this.#seen.add(keyOf(place, branch));
    }
    const template = run.error?.template;
    const place = template === undefined ? undefined : templates.get(template);
    if (place !== undefined) this.#seen.add(keyOf(place, 'this response template was never used'));
  }

  get report(): CoverageReport {
    const missed = [...this.#items].filter(([key]) => !this.#seen.has(key)).map(([, item]) => item);
    const total = this.#items.size;
    missed.sort((a, b) => a.line - b.line || a.column - b.column);
    const apis = missed.flatMap(({ api }) => (api === undefined || this.#testedApis.has(api) ? [] : [api]));
    return { covered: total - missed.length, total, missed, untested: [...new Set(apis)] };
  }

  #expect(item: CoverageItem): void {
    this.#items.set(keyOf(item, item.missing), item);
  }
}

function keyOf({ path }: Place, missing: Missing): string {
  return `${path}\n${missing}`;
}

function branchesOf({ condition, authorizer, configuration }: PolicyStep): readonly Missing[] {
  const conditional = condition !== undefined && condition.constant === undefined;
  return [
    'never called its function',
    ...(conditional ? (['its condition was never true', 'its condition was never false'] as const) : []),
    ...(typeof configuration.sendToConsumer === 'boolean'
      ? []
      : (['sendToConsumer was never true', 'sendToConsumer was never false'] as const)),
    ...(authorizer === undefined
      ? []
      : (['the authorizer never allowed a request', 'the authorizer never denied a request'] as const)),
    'never failed',
  ];
}

function takenBy({ condition, call, judgement, sendToConsumer, failure }: RecordedStep): readonly Missing[] {
  const isLetIn = judgement?.judgement.verdict === 'allow';
  return [
    ...(call === undefined ? [] : (['never called its function'] as const)),
    // A condition that cannot be evaluated was neither true nor false.
    ...(condition === undefined || condition.error !== undefined
      ? []
      : ([condition.value ? 'its condition was never true' : 'its condition was never false'] as const)),
    ...(sendToConsumer === undefined
      ? []
      : ([sendToConsumer ? 'sendToConsumer was never true' : 'sendToConsumer was never false'] as const)),
    ...(judgement === undefined
      ? []
      : ([isLetIn ? 'the authorizer never allowed a request' : 'the authorizer never denied a request'] as const)),
    // A denial is not an error.
    ...(failure === undefined || judgement !== undefined ? [] : (['never failed'] as const)),
  ];
}
