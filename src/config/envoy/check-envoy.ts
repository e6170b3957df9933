import { Reporter } from '../compile/reporter.ts';
import { singleProblem } from '../inline-policies.ts';
import type { LoadedPolicies } from '../load-policies.ts';
import { PolicyDocumentError, type Problem } from '../problem.ts';
import { parseSources, type Source, SourceError } from '../source/index.ts';
import { checkConfiguration } from './check-configuration.ts';
import { findDumps, readDump } from './dump.ts';
import { EnvoyNode } from './envoy-node.ts';
import { type FileDocument, joinDocuments } from './joined-source.ts';
import { checkManifests, isManifest } from './kubernetes/index.ts';
import { type Reach, unreachedApis } from './reach-checks.ts';
import { isBootstrap, readFiles } from './resources.ts';

/** A file that configures Envoy. */
export interface EnvoyFile {
  readonly name: string;
  readonly text: string;
}

/**
 * Settings of Envoy that make policies fail, or fail silently. Checks bootstraps, files of resources, dumps of a running Envoy and
 * objects for Kubernetes together. Sources of the rules: measurements with Envoy 1.36 to 1.40.
 */
export function checkEnvoyFiles(files: readonly EnvoyFile[], policies: LoadedPolicies): readonly Problem[] {
  const problems: Problem[] = [];
  const reaches: Reach[] = [];
  const documents: FileDocument[] = [];
  for (const { name, text } of files) {
    try {
      documents.push(...parse(text, name).map((source) => ({ fileName: name, source })));
    } catch (error) {
      if (!(error instanceof PolicyDocumentError)) throw error;
      problems.push(...error.problems);
      reaches.push({ apis: new Set(), hasOtherRoutes: true });
    }
  }
  const manifests = documents.filter(({ source }) => isManifest(source));
  if (manifests.length > 0) reaches.push(...checkManifests(manifests, policies, problems));
  for (const group of groupsOf(documents.filter(({ source }) => !isManifest(source)))) {
    reaches.push(...checkDocuments(group, policies, problems));
  }
  return [...inOrder(problems, files), ...unreachedApis(reaches, policies)];
}

/** A dump is checked by itself; a bootstrap is joined with all files of resources. */
function groupsOf(documents: readonly FileDocument[]): readonly (readonly [FileDocument, ...FileDocument[]])[] {
  const rootOf = ({ source }: FileDocument): EnvoyNode => new EnvoyNode(source.data);
  const dumps = documents.filter((document) => findDumps(rootOf(document)).length > 0);
  const others = documents.filter((document) => !dumps.includes(document));
  const bootstraps = others.filter((document) => isBootstrap(rootOf(document)));
  const resources = others.filter((document) => !bootstraps.includes(document));
  const [first, ...more] = resources;
  const joined = bootstraps.map((bootstrap) => [bootstrap, ...resources] as const);
  const alone = bootstraps.length > 0 || first === undefined ? [] : [[first, ...more] as const];
  return [...dumps.map((dump) => [dump] as const), ...joined, ...alone];
}

/** Sorted by file; a problem that two bootstraps have in the same resources occurs once. */
function inOrder(problems: readonly Problem[], files: readonly EnvoyFile[]): readonly Problem[] {
  const rank = new Map(files.map(({ name }, index) => [name, index]));
  const told = new Map(problems.map((problem) => [JSON.stringify(problem), problem]));
  return [...told.values()].sort(
    (a, b) => (rank.get(a.file) ?? 0) - (rank.get(b.file) ?? 0) || a.line - b.line || a.column - b.column,
  );
}

const ENVOY_WORDS = {
  nameApi: 'send x-lambda-api in `grpc_initial_metadata`, or disable the filter here (`disabled: true`)',
  elsewhere: 'come from another source (RDS)',
};

/** One text alone; see checkEnvoyFiles. */
export function checkEnvoy(text: string, fileName: string, policies: LoadedPolicies): readonly Problem[] {
  return checkEnvoyFiles([{ name: fileName, text }], policies);
}

function checkDocuments(
  documents: readonly [FileDocument, ...FileDocument[]],
  policies: LoadedPolicies,
  problems: Problem[],
): readonly Reach[] {
  const { source, rephrase } = joinDocuments(documents);
  const roots = documents.map((document, index) => new EnvoyNode(document.source.data, [index]));
  const dumps = roots.flatMap((root) => findDumps(root));
  const configurations = dumps.length > 0 ? dumps.map(readDump) : [readFiles(roots)];
  return configurations.map((configuration) => {
    const reporter = new Reporter(documents[0].fileName, source, { rephrase });
    const check = { source, policies, reporter, words: ENVOY_WORDS, generated: false, inlineProblems: [] };
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
