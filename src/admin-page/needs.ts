import type { ApiDescription } from '../config/index.ts';

/** What an API's steps need from Envoy, as texts; empty: only the request's headers. */
export function needsOf({ needs }: Pick<ApiDescription, 'needs'>): readonly string[] {
  const { requestBody, requestText, requestBytes, response, responseBody, answersAlways } = needs;
  const { certificates, events, metadata, headers } = needs;
  return [
    requestBody && `the request's body${kindOfBody(requestText, requestBytes)}`,
    response && 'response headers',
    responseBody && "the response's body",
    answersAlways && 'no backend: it answers every request itself',
    certificates && 'attributes of client certificates',
    events && 'all headers and connection attributes, for AWS events',
    metadata !== undefined && `dynamic metadata: ${named(metadata.namespaces, metadata.others)}`,
    headers.size > 0 && `headers: ${named(headers, false)}`,
  ].filter((need) => need !== false);
}

function kindOfBody(asText: boolean, asBytes: boolean): string {
  if (asText && asBytes) return ', as text and as bytes';
  if (asText) return ', as text';
  return asBytes ? ', as bytes' : '';
}

const MOST_NAMES = 20;

function named(names: ReadonlySet<string>, others: boolean): string {
  const shown = [...names].slice(0, MOST_NAMES);
  const more = names.size - shown.length;
  return [...shown, ...(more > 0 ? [`${more} more`] : []), ...(others ? ['others that expressions compute'] : [])].join(
    ', ',
  );
}

/** The document's settings of Envoy, as texts. */
export function envoyToldOf({ envoy }: Pick<ApiDescription, 'envoy'>): readonly string[] {
  return Object.entries(envoy).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${String(value)}`]));
}
