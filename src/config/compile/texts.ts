import type { CompiledTemplate } from '../../expression/index.ts';
import { endpointUrl, INVOCATION_TEXTS, type InvocationText, qualifierVerdict } from '../../lambda/index.ts';
import { CLIENT_CONTEXT_BYTES } from '../../lambda-quotas.ts';
import { isLoopback } from '../../loopback.ts';
import type { TextTemplates } from '../../policy/index.ts';
import type { ConfigurationDocument } from '../schema/index.ts';
import { isBlank, warnOfBlank } from './blank.ts';
import type { ConfigurationScope } from './configuration-scope.ts';
import { warnOfUnescaped } from './unescaped.ts';

/** The optional texts of an invocation, each as a template; null and "" in the document count as absent. */
export function compileTexts(document: ConfigurationDocument, scope: ConfigurationScope): TextTemplates {
  const templates: Partial<Record<InvocationText, CompiledTemplate | undefined>> = {};
  warnOfBlank(document, INVOCATION_TEXTS, [], scope);
  for (const name of INVOCATION_TEXTS) {
    const template = scope.template([name], isBlank(document[name]) ? undefined : document[name]);
    const text = template === undefined ? undefined : scope.fixedText([name], template);
    if (text !== undefined) checks[name]?.(text, scope);
    if (template !== undefined && name === 'clientContext') warnOfUnescaped(template, [name], scope, 'text');
    templates[name] = template;
  }
  return templates;
}

type Check = (text: string, scope: ConfigurationScope) => void;

/** The checks that are possible without a request. */
const checks: Readonly<Partial<Record<InvocationText, Check>>> = {
  endpoint: checkEndpoint,
  qualifier(text, scope) {
    const verdict = qualifierVerdict(text);
    if (verdict === 'invalid') {
      scope.error(['qualifier'], 'is not a valid version or alias: expected letters, digits, - and _, or $LATEST');
    } else if (verdict === 'unknown') {
      scope.warn(
        ['qualifier'],
        'does not have the form of a version or alias that this version knows; AWS may refuse it',
      );
    }
  },
  clientContext(text, scope) {
    if (!isJson(text)) scope.error(['clientContext'], 'is not valid JSON');
    else if (Buffer.byteLength(text) > CLIENT_CONTEXT_BYTES) {
      scope.error(['clientContext'], `is over ${CLIENT_CONTEXT_BYTES} bytes`);
    }
  },
};

function checkEndpoint(text: string, scope: ConfigurationScope): void {
  const url = endpointUrl(text);
  if (url === undefined) {
    scope.error(['endpoint'], 'is not a valid endpoint: expected https://host[:port], or http:// for a local one');
    return;
  }
  if (url.username !== '' || url.password !== '') scope.error(['endpoint'], 'must not contain a user or a password');
  if (url.search !== '' || url.hash !== '') scope.error(['endpoint'], 'must not contain a query or a fragment');
  if (url.protocol === 'http:' && !isOfThisMachine(url.hostname)) {
    scope.warn(['endpoint'], 'payloads and results are sent over the network in plain text: use https');
  }
}

function isOfThisMachine(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || isLoopback(host.replace(/^\[|\]$/g, ''));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
