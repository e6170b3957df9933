import { join } from 'node:path';
import type { BenchArguments } from './arguments.ts';
import { type BenchCase, benchCases } from './cases.ts';
import { type Measured, type Member, measureGroup, type Plan } from './measure/group.ts';
import { type BenchEnvironment, startBenchEnvironment } from './parts/environment.ts';
import type { GoPrograms } from './parts/go.ts';
import { prepareOwn } from './prepare.ts';
import { ownSubject } from './subjects/own.ts';
import { goSubject, nativeSubject, nodeSubject, plainSubject } from './subjects/peers.ts';
import type { Subject, SubjectContext } from './subjects/subject.ts';

/** One case, with all subjects that can do it. */
export interface CaseResult {
  readonly benchCase: BenchCase;
  readonly measured: readonly Measured[];
  /** The floor's sendToConsumer, whose rounds took turns with those of the case. */
  readonly reference: Measured;
}

export interface FullResult {
  readonly cases: readonly CaseResult[];
  readonly gracefulClose: boolean;
  readonly loadLanguage: 'Go' | 'Node';
  readonly mockLanguage: 'Go' | 'Node';
}

const root = join(import.meta.dirname, '..');

/** Of the case that the others are held against. */
const firstPlan: Plan = {
  coldSeconds: 2,
  blocks: 3,
  rounds: 4,
  roundSeconds: 1.5,
  sliceSeconds: 0.25,
  warmRequests: 20_000,
  furtherRounds: 2,
};
const plan: Plan = { ...firstPlan, blocks: 1, rounds: 10, roundSeconds: 1 };
const quickFirstPlan: Plan = {
  ...firstPlan,
  blocks: 1,
  rounds: 3,
  roundSeconds: 1,
  warmRequests: 8_000,
  furtherRounds: 0,
};
const quickPlan: Plan = { ...quickFirstPlan };

/** What `--quick` has time for. */
const quickCases: ReadonlySet<string> = new Set(['send', 'enrich', 'pass-through']);

export async function runFull(
  { quick, cases, gracefulClose }: BenchArguments,
  go: GoPrograms | undefined,
  progress: (text: string) => void,
): Promise<FullResult> {
  const environment = await startBenchEnvironment({
    go,
    gracefulClose,
    progress,
    subjects: (context) => allSubjects(go, context),
  });
  try {
    const own = environment.subjects.filter(({ name }) => name.startsWith('own'));
    await prepareOwn(own, progress);
    const results: CaseResult[] = [];
    for (const benchCase of cases ?? benchCases.filter(({ name }) => !quick || quickCases.has(name))) {
      const isFirst = benchCase === benchCases[0];
      const chosen = quick ? (isFirst ? quickFirstPlan : quickPlan) : isFirst ? firstPlan : plan;
      results.push(await measureCase(benchCase, chosen, environment));
    }
    return {
      cases: results,
      gracefulClose,
      loadLanguage: environment.load.language,
      mockLanguage: environment.mockLanguage,
    };
  } finally {
    await environment.stop();
  }
}

function allSubjects(go: GoPrograms | undefined, context: SubjectContext): readonly Subject[] {
  return [
    ownSubject({ name: 'own', title: 'this project', checkout: root, workers: 1 }, context),
    ownSubject({ name: 'own-2', title: 'this project, 2 workers', checkout: root, workers: 2 }, context),
    nodeSubject('floor', 'floor', 'the floor', context),
    nodeSubject('sdk', 'sdk', 'AWS SDK for JavaScript', context),
    ...(go === undefined ? [] : [goSubject(go.path('server'), 'Go, aws-sdk-go-v2', context)]),
    nativeSubject,
    plainSubject,
    nodeSubject('reference', 'floor', 'the floor, sendToConsumer', context),
  ];
}

async function measureCase(benchCase: BenchCase, plan: Plan, environment: BenchEnvironment): Promise<CaseResult> {
  const [firstCase = benchCase] = benchCases;
  const isFirst = benchCase === firstCase;
  const members: Member[] = environment.subjects
    .filter((subject) => subject.can(benchCase) && subject.name !== 'reference')
    // One worker and two differ by how they share out requests, which the first case tells.
    .filter(({ name }) => isFirst || name !== 'own-2')
    .map((subject) => ({ subject, benchCase }));
  const reference = environment.subjects.find(({ name }) => name === 'reference');
  if (!isFirst && reference !== undefined) members.push({ subject: reference, benchCase: firstCase });
  const measured = await measureGroup(members, plan, environment);
  const beside = measured.find(({ member }) => member.subject.name === (isFirst ? 'floor' : 'reference'));
  if (beside === undefined) throw new Error(`${benchCase.name}: the floor was not measured`);
  return { benchCase, measured: measured.filter(({ member }) => member.benchCase === benchCase), reference: beside };
}
