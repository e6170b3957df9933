import { attributeReads } from './attribute-access.ts';
import type { ApiDefinition } from './definition.ts';
import type { Imported } from './flows-to-apis.ts';
import { variableNames } from './once-conditions.ts';
import type { Report } from './report.ts';
import { contextPathReads, isTakenPath, readsTls } from './request-reads.ts';

/** Where the value of an attribute of the gateway is in Envoy. */
const ATTRIBUTE_PLACES: readonly (readonly [pattern: RegExp, place: string])[] = [
  [
    /^jwt\.(?:claims|token)$/,
    'payload_in_metadata of envoy.filters.http.jwt_authn puts claims into metadata (metadata_context), claim_to_headers into headers',
  ],
  [/^oauth\./, 'envoy.filters.http.ext_authz returns what it knows as headers or metadata (metadata_context)'],
  [/^openid\./, 'envoy.filters.http.ext_authz returns what it knows as headers or metadata (metadata_context)'],
  [
    /^(?:plan|application|subscription-id|api-key|user-id|client-identifier)$/,
    'Envoy knows no subscription; a filter that authenticates may set metadata (metadata_context) or a header',
  ],
  [/^(?:context-path|resolved-path|mapped-path|path|request\.path)$/, 'the path is {#request.path}'],
  [
    /^(?:method|host|remote-address|local-address|scheme)$/,
    '{#request.method}, host, remoteAddress, localAddress and scheme hold it',
  ],
  [/^(?:api|api-name|api\.name)$/, '{#api.id} and {#api.name} hold it'],
  [/^(?:request\.endpoint|organization|environment)/, 'only the gateway has it'],
];

/** Values that only the gateway, or a step that is not imported, would have: each is null here. */
export function tellGatewayValues(definition: ApiDefinition, imported: Imported, report: Report): void {
  const steps = imported.apis.flatMap((api) => [...api.request, ...api.response]);
  const text = JSON.stringify([imported.apis, [...definition.responseTemplates.values()].map((types) => [...types])]);
  tellAttributes(text, new Set(steps.flatMap(({ step }) => variableNames(step))), report);
  tellRequest(text, definition, report);
  if (/#(?:subscription|plan|application)\b/.test(text)) {
    report.add(
      'lost',
      'values of the subscription (#subscription, #plan, #application): Envoy does not know them, they are null',
    );
  }
  if (text.includes('#dictionaries') && definition.dictionaries.size === 0) {
    report.add(
      'lost',
      'the dictionaries that expressions mention: they belong to the environment, put them into policies.yaml',
    );
  }
  if (/#secrets\.get\((?!'(?:env|file):)/.test(text)) {
    report.add('lost', "secret references: only credential fields may hold secrets, as {#secrets.get('env:NAME')}");
  }
  if (/\[\[\s*(?:secret|configmap)\b/i.test(text)) {
    report.add('lost', 'templates of the Kubernetes operator ([[ … ]]), which it fills in: write their values');
  }
}

function tellAttributes(text: string, set: ReadonlySet<string>, report: Report): void {
  // Inside JSON its quotes are escaped.
  const { names, hasOthers } = attributeReads(text.replaceAll('\\"', '"'));
  for (const name of names) {
    if (set.has(name) || name.startsWith('kept-')) continue;
    const place = ATTRIBUTE_PLACES.find(([pattern]) => pattern.test(name))?.[1];
    const rest =
      place ??
      'no imported step sets it; filters before ext_proc can pass values as headers or metadata (metadata_context)';
    report.add('lost', `attribute ${name}, which is null here: ${rest}`);
  }
  if (hasOthers)
    report.add(
      'told',
      'attributes that are read by computed names or by methods: those of steps that are not imported are null',
    );
}

function tellRequest(text: string, { entrypoints }: ApiDefinition, report: Report): void {
  if (/#request\s*\.\s*pathParams/.test(text)) {
    report.add('lost', 'values of #request.pathParams: take the segment by its number, as in #request.paths[2]');
  }
  for (const name of contextPathReads(text)) {
    const lost = entrypoints.filter(({ contextPath }) => !isTakenPath(contextPath));
    for (const { contextPath } of lost) {
      report.add('changed', `#request.${name} does not recognize a context path that has blanks: ${contextPath}`);
    }
    const what = `#request.${name} is the gateway's, by the contextPath of each API in policies.yaml`;
    if (lost.length < entrypoints.length) report.add('told', what);
  }
  if (readsTls(text)) {
    report.add(
      'told',
      '#request.ssl is there when the listener of envoy.yaml terminates TLS and asks for client certificates',
    );
  }
}
