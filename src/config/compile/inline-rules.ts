import { invocationDefaults } from '../../lambda/index.ts';
import type { DocumentPath } from '../problem.ts';
import type { ConfigurationDocument } from '../schema/index.ts';

type Report = (path: DocumentPath, message: string, part: 'key' | 'value') => void;
type Field = keyof ConfigurationDocument;

const KEYS = ['accessKey', 'secretKey', 'sessionToken'] as const satisfies Field[];
/** How a role is assumed; they belong to one `roleArn`. */
const SESSION = ['roleSessionName', 'externalId', 'durationSeconds'] as const satisfies Field[];
const IDENTITY = [...KEYS, 'roleArn', ...SESSION, 'roleChain'] as const satisfies Field[];

/**
 * The fields of `defaults` that apply to a configuration of an inline policy. First reports what such a configuration must not contain: it
 * never gets another identity by omitting or mixing parts of the identity in `defaults`, no key of the document or the machine is sent
 * to an endpoint of its own, and it names no file.
 */
export function inlineBase(
  own: ConfigurationDocument,
  defaults: ConfigurationDocument,
  report: Report,
): ConfigurationDocument {
  // The reference's default region is treated as if it were written in `defaults`.
  const base = { ...defaults, region: defaults.region || invocationDefaults.region };
  const hasKeys = hasOwnKeys(own);
  if (hasKeys) for (const name of IDENTITY) delete base[name];
  else checkIdentity(own, defaults, report);
  const hasEndpoint = checkEndpoint(own, defaults, hasKeys, report);
  if (own.ssl !== undefined) {
    checkTrust(own.ssl, defaults.ssl, hasEndpoint, report);
    delete base.ssl;
  }
  return base;
}

export function hasOwnKeys({ accessKey, secretKey }: ConfigurationDocument): boolean {
  return isSaid(accessKey) && isSaid(secretKey);
}

function checkIdentity(own: ConfigurationDocument, defaults: ConfigurationDocument, report: Report): void {
  for (const name of IDENTITY) {
    if (own[name] === undefined || isSaid(own[name]) || !isSaid(defaults[name])) continue;
    report([name], `removes the ${name} of \`defaults\`: inline policies must not change their identity`, 'value');
  }
  for (const name of KEYS) {
    if (!isSaid(own[name])) continue;
    report([name], 'inline policies with a key must have both accessKey and secretKey', 'key');
  }
  if (isSaid(own.roleArn) || !isSaid(defaults.roleArn)) return;
  for (const name of SESSION) {
    if (isSaid(own[name])) report([name], 'changes how the role of `defaults` is assumed: also set roleArn', 'key');
  }
}

/** Checks the configuration's endpoint. Returns whether it is one of its own, not that of `defaults`. */
function checkEndpoint(
  { endpoint }: ConfigurationDocument,
  defaults: ConfigurationDocument,
  hasKeys: boolean,
  report: Report,
): boolean {
  if (endpoint === undefined || endpoint === defaults.endpoint) return false;
  if (!isSaid(endpoint)) {
    if (isSaid(defaults.endpoint)) report(['endpoint'], 'removes the endpoint of `defaults`', 'value');
    return false;
  }
  if (!hasKeys) {
    const message =
      'requires accessKey and secretKey: keys of the document or the machine are never sent to an endpoint of inline policies';
    report(['endpoint'], message, 'key');
  }
  return true;
}

function checkTrust(
  ssl: ConfigurationDocument['ssl'],
  inDefaults: ConfigurationDocument['ssl'],
  hasEndpoint: boolean,
  report: Report,
): void {
  if (ssl === null || ssl === undefined) {
    if (isSaid(inDefaults)) report(['ssl'], 'removes the ssl of `defaults`', 'value');
    return;
  }
  if (!hasEndpoint) report(['ssl'], 'requires its own endpoint in inline policies', 'key');
  if (isSaid(ssl.trustStorePath)) {
    report(['ssl', 'trustStorePath'], 'inline policies may not name files: use trustStoreContent', 'key');
  }
  if (ssl.trustStoreType === 'PKCS12' || ssl.trustStoreType === 'JKS') {
    report(
      ['ssl', 'trustStoreType'],
      'inline policies may contain only PEM: opening a key store takes too long',
      'value',
    );
  }
}

/** Absent values, null, blank texts and empty lists all count as absent. */
function isSaid(value: unknown): boolean {
  if (typeof value === 'string') return value.trim() !== '';
  if (Array.isArray(value)) return value.length > 0;
  return value !== null && value !== undefined;
}
