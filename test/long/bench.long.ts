import assert from 'node:assert/strict';
import { test } from 'node:test';
import { benchCases } from '../../bench/cases.ts';
import { allSubjects } from '../../bench/full.ts';
import { measureGroup } from '../../bench/measure/group.ts';
import { startBenchEnvironment } from '../../bench/parts/environment.ts';
import { buildGo } from '../../bench/parts/go.ts';

/** Enough to see each subject answer; no figure is read from it. */
const plan = {
  coldSeconds: 0.1,
  blocks: 1,
  rounds: 1,
  roundSeconds: 0.2,
  sliceSeconds: 0.1,
  warmRequests: 0,
  warmSeconds: 0,
  furtherRounds: 1,
};

const go = await buildGo();

// Envoy's own way to end streams and the graceful one; the load and the mock on Go, and on Node as without it.
for (const { gracefulClose, tools } of [
  { gracefulClose: true, tools: go },
  { gracefulClose: false, tools: undefined },
]) {
  const title = `every_subject_answers_every_case_${gracefulClose ? 'with' : 'without'}_graceful_close_${tools === undefined ? 'on_Node' : 'with_Go'}`;
  test(title, async (context) => {
    const environment = await startBenchEnvironment({
      go: tools,
      gracefulClose,
      subjects: (subjectContext) => allSubjects(tools, subjectContext),
      progress: () => undefined,
    });
    context.after(() => environment.stop());
    let answered = 0;
    for (const benchCase of benchCases) {
      const members = environment.subjects
        .filter((subject) => subject.can(benchCase))
        .map((subject) => ({ subject, benchCase, cold: true }));
      for (const { member, cold, rounds } of await measureGroup(members, plan, environment)) {
        const all = [...cold.flatMap(({ first, next }) => [first, next]), ...[...rounds.values()].flat()];
        assert.equal(all.length, 2 + benchCase.connections.length, benchCase.name);
        for (const round of all) {
          assert.equal(
            round.failures,
            0,
            `${benchCase.name}, ${member.subject.name}: ${JSON.stringify(round.reasons)}`,
          );
          assert.ok(round.requests > 0, `${benchCase.name}, ${member.subject.name}`);
          answered += round.requests;
        }
      }
    }
    context.diagnostic(`${benchCases.length} cases, ${answered} requests`);
  });
}
