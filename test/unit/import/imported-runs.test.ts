import { test } from 'node:test';
import { checkRun, runs } from './imported-runs.ts';

for (const run of runs.filter(({ always }) => always)) test(run.name, (t) => checkRun(t, run));
