import { Reporter } from '../compile/reporter.ts';
import { singleProblem } from '../inline-policies.ts';
import type { LoadedPolicies } from '../load-policies.ts';
import { PolicyDocumentError, type Problem } from '../problem.ts';
import { parseSources, type Source, SourceError } from '../source/index.ts';
import { checkConfiguration } from './check-configuration.ts';
import { findDumps, readDump } from './dump.ts';
import { EnvoyNode } from './envoy-node.ts';
import { checkManifests, isManifest } from './kubernetes/index.ts';
import { subjectOf } from './object-names.ts';
import { type Reach, unreachedApis } from './reach-checks.ts';
import { readFile } from './resources.ts';

/** A text that configures Envoy. */
export interface EnvoyFile {
  readonly name: string;
  readonly text: string;
}

/**
 * What Envoy's side says that makes policies fail, or fail silently: bootstraps, files of resources, dumps of a running
 * Envoy and objects for Kubernetes, all together. Sources of the rules: what was measured with Envoy 1.36 to 1.40.
 */
export function checkEnvoyFiles(files: readonly EnvoyFile[], policies: LoadedPolicies): readonly Problem[] {
  const problems: Problem[] = [];
  const reaches: Reach[] = [];
  for (const { name, text } of files) {
    const found: Problem[] = [];
    try {
      const sources = parse(text, name);
      const manifests = sources.filter(isManifest);
      if (manifests.length > 0) reaches.push(...checkManifests(manifests, name, policies, found));
      for (const source of sources) {
        if (!isManifest(source)) reaches.push(...checkSource(source, name, policies, found));
      }
    } catch (error) {
      if (!(error instanceof PolicyDocumentError)) throw error;
      found.push(...error.problems);
      reaches.push({ apis: new Set(), hasOtherRoutes: true });
    }
    problems.push(...found.sort((a, b) => a.line - b.line || a.column - b.column));
  }
  return [...problems, ...unreachedApis(reaches, policies)];
}

const ENVOY_WORDS = {
  nameApi: 'send x-lambda-api in `grpc_initial_metadata`, or switch the filter off here (`disabled: true`)',
  elsewhere: 'come from elsewhere (RDS)',
};

/** One text alone; see checkEnvoyFiles. */
export function checkEnvoy(text: string, fileName: string, policies: LoadedPolicies): readonly Problem[] {
  return checkEnvoyFiles([{ name: fileName, text }], policies);
}

function checkSource(
  source: Source,
  fileName: string,
  policies: LoadedPolicies,
  problems: Problem[],
): readonly Reach[] {
  const root = new EnvoyNode(source.data);
  const dumps = findDumps(root);
  const configurations = dumps.length > 0 ? dumps.map(readDump) : [readFile(root)];
  return configurations.map((configuration) => {
    const reporter = new Reporter(fileName, source, { subjectOf: (path) => subjectOf(source.data, path) });
    const check = { fileName, source, policies, reporter, words: ENVOY_WORDS, inlineProblems: [] };
    const reach = checkConfiguration(configuration, check);
    problems.push(...reporter.problems, ...check.inlineProblems);
    return reach;
  });
}

function parse(text: string, fileName: string): readonly Source[] {
  try {
    return parseSources(text, fileName);
  } catch (error) {
    if (error instanceof SourceError) throw singleProblem(fileName, error.position, error.message);
    throw error;
  }
}
