import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import fc from 'fast-check';
import { envoyBinary } from '../../../scripts/support/tools.ts';
import { checkEnvoy, loadPolicies, PolicyDocumentError } from '../../../src/config/index.ts';
import { ImportError, type ImportResult, importDefinition } from '../../../src/import/index.ts';
import { mutated } from './mutations.ts';

export interface Amount {
  readonly definitions: number;
  /** How many of them the real Envoy validates. */
  readonly validated: number;
}

/** Definitions with odd values anywhere: a file or an error for people, and Envoy accepts every file. */
export function importMutated(t: TestContext, { definitions, validated }: Amount): void {
  const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
  const directory = mkdtempSync(join(tmpdir(), 'import-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const counts = { refused: 0, 'with errors of check': 0, clean: 0, 'validated by Envoy': 0 };
  for (const [index, definition] of fc.sample(mutated, { numRuns: definitions, seed }).entries()) {
    const result = importOrRefuse(JSON.stringify(definition), index % 2 === 0);
    if (result === undefined) {
      counts.refused++;
      continue;
    }
    counts[hasErrors(result) ? 'with errors of check' : 'clean']++;
    if (counts['validated by Envoy'] >= validated) continue;
    const file = join(directory, 'envoy.yaml');
    writeFileSync(file, result.envoy);
    try {
      execFileSync(envoyBinary(), ['--mode', 'validate', '-c', file], { stdio: 'pipe', timeout: 60_000 });
    } catch (error) {
      const { stderr } = error as { readonly stderr?: Buffer };
      assert.fail(`seed ${seed}, definition ${index}: ${String(stderr)}\n${JSON.stringify(definition)}`);
    }
    counts['validated by Envoy']++;
  }
  t.diagnostic(`seed ${seed}: ${JSON.stringify(counts)}`);
  assert.ok(counts.clean > definitions / 4, JSON.stringify(counts));
}

function importOrRefuse(text: string, isOpen: boolean): ImportResult | undefined {
  try {
    return importDefinition(text, 'api.json', { accept: isOpen ? ['renamed plan', 'rate-limit'] : [] });
  } catch (error) {
    if (error instanceof ImportError) return undefined;
    throw error;
  }
}

/** What a definition says wrongly is an error of `check` with its place; nothing else may be thrown. */
function hasErrors({ policies, envoy }: ImportResult): boolean {
  try {
    const loaded = loadPolicies(policies, 'policies.yaml');
    return checkEnvoy(envoy, 'envoy.yaml', loaded).some(({ severity }) => severity === 'error');
  } catch (error) {
    if (error instanceof PolicyDocumentError) return true;
    throw error;
  }
}
