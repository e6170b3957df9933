import { streamMetadata } from '../../envoy-names.ts';
import type { EnvoySettings, PolicySet } from '../../policy/index.ts';
import type { Reporter } from '../compile/reporter.ts';
import { PolicyDocumentError } from '../problem.ts';
import type { UsedRoute } from './used-routes.ts';

/** The settings of this route's Envoy as the server reads them from document, API and metadata. */
export function toldOf({ route, policies }: UsedRoute, set: PolicySet, reporter: Reporter): EnvoySettings {
  const metadata = route.metadata.get(streamMetadata.envoy);
  if (metadata?.text === undefined || metadata.text === '') return policies.envoy;
  try {
    return set.layEnvoy(metadata.text, policies.envoy);
  } catch (error) {
    if (!(error instanceof PolicyDocumentError)) throw error;
    for (const { path, message } of error.problems) {
      const where = path === '' ? '' : `${path}: `;
      reporter.error(metadata.value.path, `is not valid, so each request is a 500: ${where}${message}`);
    }
    return policies.envoy;
  }
}
