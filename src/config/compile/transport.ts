import type { CompiledTemplate, EvaluationContext } from '../../expression/index.ts';
import { ExpressionError } from '../../expression/index.ts';
import { invocationDefaults, type SslOptions, type TransportOptions } from '../../lambda/index.ts';
import { dependsOnRequest } from '../../policy/index.ts';
import type { ConfigurationDocument } from '../schema/index.ts';
import { warnOfBlank } from './blank.ts';
import type { ConfigurationScope } from './configuration-scope.ts';

export function compileTransport(configuration: ConfigurationDocument, scope: ConfigurationScope): TransportOptions {
  const { apiCallAttemptTimeoutMs: attempt, apiCallTimeoutMs: call } = configuration;
  if (attempt && call && attempt > call) {
    scope.warn(['apiCallAttemptTimeoutMs'], 'is longer than apiCallTimeoutMs, so it has no effect');
  }
  return Object.freeze({
    connectionTimeoutMs: configuration.connectionTimeoutMs ?? invocationDefaults.connectionTimeoutMs,
    readTimeoutMs: configuration.readTimeoutMs ?? invocationDefaults.readTimeoutMs,
    apiCallAttemptTimeoutMs: attempt || undefined,
    apiCallTimeoutMs: call || undefined,
    ssl: compileSsl(configuration.ssl, scope),
    maxConcurrency: configuration.maxConcurrency ?? undefined,
    circuitBreaker: configuration.circuitBreaker ? Object.freeze({ ...configuration.circuitBreaker }) : undefined,
    isolated: scope.isInline || undefined,
  });
}

const TRUST_TEXTS = ['trustStorePath', 'trustStorePassword', 'trustStoreContent'] as const;

function compileSsl(ssl: ConfigurationDocument['ssl'], scope: ConfigurationScope): SslOptions | undefined {
  if (ssl === null || ssl === undefined) return undefined;
  if (ssl.trustAll)
    scope.warn(
      ['ssl', 'trustAll'],
      'no certificate is verified: a man in the middle can read requests and answer them',
    );
  warnOfBlank(ssl, TRUST_TEXTS, ['ssl'], scope);
  const text = (name: (typeof TRUST_TEXTS)[number]): string | undefined => {
    const template = scope.secret(['ssl', name], ssl[name] || undefined);
    return template === undefined ? undefined : loadTimeText(template, name, scope);
  };
  const trustStorePath = text('trustStorePath');
  const trustStorePassword = text('trustStorePassword');
  const trustStoreContent = text('trustStoreContent');
  const { trustStoreType } = ssl;
  const hasStore = Boolean(ssl.trustStorePath || ssl.trustStoreContent);
  if (trustStoreType && !hasStore && !ssl.trustAll) {
    scope.error(['ssl', 'trustStoreType'], 'has no trust store: set trustStoreContent or trustStorePath');
  }
  if (!trustStoreType && hasStore && !ssl.trustAll) {
    const name = ssl.trustStorePath ? 'trustStorePath' : 'trustStoreContent';
    scope.error(['ssl', name], 'has no type: set trustStoreType to PEM, PKCS12 or JKS', 'key');
  }
  if (!ssl.trustAll && !hasStore) return undefined;
  return Object.freeze({
    trustAll: ssl.trustAll ?? false,
    trustStoreType: trustStoreType ?? undefined,
    trustStorePath,
    trustStorePassword,
    trustStoreContent,
  });
}

const emptyContext: EvaluationContext = { attributes: new Map(), variables: new Map() };

/** Trust is the same for all requests: `#secrets` is read once, and the text must not read anything from a request. */
function loadTimeText(template: CompiledTemplate, name: string, scope: ConfigurationScope): string | undefined {
  if (template.constant !== undefined) return template.constant;
  const path = ['ssl', name];
  if (dependsOnRequest(template)) {
    scope.error(path, 'must not depend on the request: it is read once, when the document is loaded');
    return undefined;
  }
  try {
    const text = template.evaluate(emptyContext);
    // Without its store the usual authorities would be trusted for the endpoint; without its password the store would not be verified.
    if (text === null || text.trim() === '') scope.error(path, 'the expression gives no text');
    return text ?? undefined;
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    scope.error(path, 'the expression fails: check that its secret exists');
    return undefined;
  }
}
