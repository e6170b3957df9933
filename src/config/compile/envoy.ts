import { OLDEST_MINOR } from '../../envoy-names.ts';
import type { EnvoySettings } from '../../policy/index.ts';
import type { DocumentPath } from '../problem.ts';
import type { EnvoyDocument } from '../schema/index.ts';
import type { Reporter } from './reporter.ts';

export const nothingTold: EnvoySettings = Object.freeze({
  allowModeOverride: undefined,
  responseHeaders: undefined,
  messageTimeoutMs: undefined,
  maxMessageTimeoutMs: undefined,
  version: undefined,
  streamedCookies: undefined,
});

/** The settings of `envoy` in the document or in an API; they override those of `below`. */
export function compileEnvoy(
  document: EnvoyDocument | null | undefined,
  below: EnvoySettings,
  path: DocumentPath,
  reporter: Reporter,
): EnvoySettings {
  if (document === null || document === undefined) return below;
  const settings = layEnvoy(document, below);
  if (typeof document.version === 'string') checkEnvoyVersion(document.version, [...path, 'version'], reporter);
  const { messageTimeoutMs: timeout, maxMessageTimeoutMs: maximum } = settings;
  if (timeout !== undefined && maximum !== undefined && maximum < timeout) {
    const own = document.maxMessageTimeoutMs === maximum;
    const message = own ? 'is shorter than messageTimeoutMs' : 'is longer than maxMessageTimeoutMs';
    reporter.warn([...path, own ? 'maxMessageTimeoutMs' : 'messageTimeoutMs'], `${message}, so it has no effect`);
  }
  return settings;
}

/** `version`: of Envoy, as `1.40`. */
export function checkEnvoyVersion(version: string, path: DocumentPath, reporter: Reporter): void {
  if (Number(version.split('.')[1]) >= OLDEST_MINOR) return;
  const message = `Envoy ${version} is older than 1.${OLDEST_MINOR}, the oldest that this server is tested with: update Envoy, or test each policy behind it`;
  reporter.warn(path, message);
}

/** Overrides field by field; null removes the value of `below`. */
export function layEnvoy(document: EnvoyDocument, below: EnvoySettings): EnvoySettings {
  return {
    allowModeOverride: choose(document.allowModeOverride, below.allowModeOverride),
    responseHeaders: choose(document.responseHeaders, below.responseHeaders),
    messageTimeoutMs: choose(document.messageTimeoutMs, below.messageTimeoutMs),
    maxMessageTimeoutMs: choose(document.maxMessageTimeoutMs, below.maxMessageTimeoutMs),
    version: choose(document.version, below.version),
    streamedCookies: choose(document.streamedCookies, below.streamedCookies),
  };
}

function choose<T>(own: T | null | undefined, below: T | undefined): T | undefined {
  return own === undefined ? below : (own ?? undefined);
}
