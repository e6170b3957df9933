import { Reporter } from '../../compile/reporter.ts';
import type { LoadedPolicies } from '../../load-policies.ts';
import type { Problem } from '../../problem.ts';
import { checkConfiguration } from '../check-configuration.ts';
import { EnvoyNode } from '../envoy-node.ts';
import type { FileDocument } from '../joined-source.ts';
import type { Reach } from '../reach-checks.ts';
import { readFiles } from '../resources.ts';
import { translateExtensionPolicy } from './envoy-gateway.ts';
import { translateEnvoyFilters } from './istio.ts';
import { translateGatewayExtension } from './kgateway.ts';
import { lay } from './laid.ts';
import { fieldPath, labelOf, type Manifest, readManifests } from './manifests.ts';
import { lostReferences } from './references.ts';
import type { Translation } from './translation.ts';

const READ = 'EnvoyExtensionPolicy (Envoy Gateway), EnvoyFilter (Istio) or GatewayExtension (kgateway)';

/**
 * Objects for Kubernetes: the rules for Envoy check what control planes make of them, and findings are reported
 * of the objects.
 */
export function checkManifests(
  documents: readonly FileDocument[],
  policies: LoadedPolicies,
  problems: Problem[],
): readonly Reach[] {
  const manifests = readManifests(documents);
  const translations = [
    ...manifests.flatMap((manifest) => translate(manifest, manifests)),
    ...translateEnvoyFilters(manifests),
  ];
  for (const manifest of manifests) problems.push(...ownProblems(manifest, manifests));
  if (translations.length === 0) {
    const place = { line: 1, column: 1, path: '' };
    const message = `nothing here configures an ext_proc, so no policy ever runs: expected an object of kind ${READ}`;
    problems.push({ severity: 'error', file: documents[0]?.fileName ?? '', message, ...place });
    return [{ apis: new Set(), hasOtherRoutes: true }];
  }
  return translations.map((translation) => checkTranslation(translation, policies, problems));
}

function translate(manifest: Manifest, manifests: readonly Manifest[]): readonly Translation[] {
  if (manifest.kind === 'EnvoyExtensionPolicy') return translateExtensionPolicy(manifest, manifests);
  if (manifest.kind === 'GatewayExtension') return translateGatewayExtension(manifest, manifests);
  return [];
}

function checkTranslation(
  { tree, hasBootstrap, hasOtherRoutes, hasOtherFilters, nameApi }: Translation,
  policies: LoadedPolicies,
  problems: Problem[],
): Reach {
  const { source, rephrase } = lay(tree);
  const read = readFiles([new EnvoyNode(source.data)]);
  const configuration = {
    ...read,
    bootstrap: hasBootstrap ? read.bootstrap : undefined,
    hasOtherClusters: true,
    hasOtherFilters: hasOtherFilters === true,
  };
  const reporter = new Reporter('', source, { rephrase });
  const words = { nameApi, elsewhere: 'are not in the files' };
  const check = { source, policies, reporter, words, generated: true, inlineProblems: [] };
  const reach = checkConfiguration(configuration, check);
  problems.push(...reporter.problems, ...check.inlineProblems);
  return { ...reach, hasOtherRoutes: reach.hasOtherRoutes || hasOtherRoutes };
}

/** Problems of a single object: references to missing objects, and patches that are not understood here. */
function ownProblems(manifest: Manifest, manifests: readonly Manifest[]): readonly Problem[] {
  const at = (path: readonly (string | number)[], message: string, severity: Problem['severity']): Problem => {
    const place = manifest.source.locate([...manifest.node.path, ...path]);
    const subject = `${labelOf(manifest)}: ${fieldPath(path)}`;
    return { severity, file: manifest.fileName, path: fieldPath(path), subject, message, ...place };
  };
  const lost = lostReferences(manifest, manifests).map(({ path, message }) => at(path, message, 'error'));
  if (manifest.kind !== 'EnvoyPatchPolicy') return lost;
  const message =
    'its patches are not evaluated: they may resolve findings for other objects; check the final configuration of Envoy (/config_dump)';
  return [at(['spec'], message, 'warning')];
}
