import { suggestion } from '../../closest.ts';
import { CERTIFICATE_ATTRIBUTES, streamMetadata } from '../../envoy-names.ts';
import type { ApiPolicies } from '../../policy/index.ts';
import type { Reporter } from '../compile/reporter.ts';
import { compileInlineSource, inlineLimits } from '../inline-policies.ts';
import { type DocumentPath, PolicyDocumentError, type Problem } from '../problem.ts';
import { type Source, SourceError } from '../source/index.ts';
import type { EnvoyCheck } from './envoy-check.ts';
import { type Filter, isSent } from './filters.ts';
import { dependsOnRequest } from './format-string.ts';
import { embeddedData, embeddedJson } from './relocated-source.ts';
import { selectByTraits } from './route-choice.ts';
import type { Route, RouteMetadata } from './routes.ts';

/** Above this size the connection to the server is reset, and every request on it fails. */
const METADATA_LIMIT = 60 * 1024;

/** The API that the server picks for a route, as its own selection does; undefined after a reported problem. */
export function selectForRoute(route: Route, filter: Filter, check: EnvoyCheck): ApiPolicies | undefined {
  const selected = select(route, filter, check);
  if (selected?.needs.certificates) checkCertificates(selected, filter, check.reporter);
  return selected;
}

function checkCertificates({ name }: ApiPolicies, filter: Filter, reporter: Reporter): void {
  if (CERTIFICATE_ATTRIBUTES.some((attribute) => isSent(filter, attribute))) return;
  const message = `API ${name} reads #request.ssl, which is empty unless the filter requests it: add \`${CERTIFICATE_ATTRIBUTES.join(', ')}\` to \`request_attributes\``;
  reporter.warn(filter.config.placeOf('request_attributes'), message);
}

function select(route: Route, filter: Filter, check: EnvoyCheck): ApiPolicies | undefined {
  for (const metadata of route.metadata.values()) checkTransport(metadata, check.reporter);
  const named = route.metadata.get(streamMetadata.api);
  const inline = route.metadata.get(streamMetadata.policies);
  if (named !== undefined && inline !== undefined) {
    check.reporter.error(
      inline.value.path,
      'the route sends both x-lambda-api and x-lambda-policies: each request is a 500; write only one of them',
    );
    return undefined;
  }
  if (named !== undefined) return selectByName(named, check);
  if (inline !== undefined) return selectInline(inline, check);
  return selectByTraits(route, filter, check);
}

/** What gRPC cannot carry hurts more than this route. */
function checkTransport({ text, value }: RouteMetadata, reporter: Reporter): void {
  if (text === undefined) return;
  // A tab counts as a blank.
  const at = text.search(/[^\t\x20-\x7e]/);
  if (at !== -1 && /[\r\n]/.test(text)) {
    const message =
      'a line break, which gRPC metadata cannot carry: the value is lost and each request is a 500; write \\u escapes inside the JSON, on one line';
    if (typeof value.data === 'string') reporter.errorInText(value.path, text.search(/[\r\n]/), `has ${message}`);
    else reporter.error(value.path, `has ${message}`);
  } else if (at !== -1) {
    const message =
      'has a character that is not ASCII, which gRPC metadata does not allow: this server reads it, but a proxy between it and Envoy may not; write \\u escapes inside the JSON';
    if (typeof value.data === 'string') reporter.warnInText(value.path, at, message);
    else reporter.warn(value.path, message);
  }
  const bytes = Buffer.byteLength(text);
  if (bytes > METADATA_LIMIT) {
    const message = `is ${bytes} bytes of gRPC metadata: above 64 KB the connection to the server is reset and other requests fail too; put the policies into policies.yaml and name them by x-lambda-api`;
    reporter.error(value.path, message);
  }
}

/** What depends on the request is an error already: see checkFormats. */
function tellUnknown({ value }: RouteMetadata, what: string, reporter: Reporter): void {
  if (typeof value.data === 'string' && dependsOnRequest(value.data)) return;
  reporter.warn(value.path, `${what} cannot be checked: write a constant value, or a single \`%METADATA(ROUTE:…)%\``);
}

function selectByName(metadata: RouteMetadata, check: EnvoyCheck): ApiPolicies | undefined {
  const { text, value } = metadata;
  if (text === undefined) {
    tellUnknown(metadata, 'whether such an API exists', check.reporter);
    return undefined;
  }
  // As the server reads it: blanks around a name are ignored, and only blanks are not a name.
  const found = check.policies.set.byName(text.replace(/^[ \t]+/, '').replace(/[ \t]+$/, ''));
  if (found !== undefined) return found;
  const known = [...check.policies.set.apis.keys()];
  const hint = suggestion(text, known) || (known.length === 0 ? ': there are none' : `: known are ${known.join(', ')}`);
  check.reporter.error(
    value.path,
    `${JSON.stringify(text)} is not an API of the policies, so each request is a 500${hint}`,
  );
  return undefined;
}

function selectInline(metadata: RouteMetadata, check: EnvoyCheck): ApiPolicies | undefined {
  const { value } = metadata;
  const text = metadata.text?.replaceAll('\t', ' ');
  const { reporter, policies, source } = check;
  const place = reporter.placeOf(value.path);
  if (text === undefined) {
    tellUnknown(metadata, 'inline policies', reporter);
    return undefined;
  }
  if (!policies.inlineAllowed) {
    const remedy = policies.hasDocument
      ? 'policies.yaml has `inline: false`, which is the default: each request is a 500; list what they may call in `inline: {functions: [...]}`'
      : 'nothing allows them to call a function, so each request is a 500: give --inline-functions (also to `serve`), or policies.yaml';
    reporter.error(value.path, `sends inline policies, but ${remedy}`);
    return undefined;
  }
  if (Buffer.byteLength(text) > inlineLimits.bytes) {
    const message = `inline policies of ${Buffer.byteLength(text)} bytes: more than ${inlineLimits.bytes} are refused, and each request is a 500; put them into policies.yaml and name them by x-lambda-api`;
    reporter.error(value.path, message);
    return undefined;
  }
  try {
    const inner =
      typeof value.data === 'string'
        ? embeddedText(text, value.data.replaceAll('\t', ' '), source, value.path)
        : undefined;
    const relocated = inner ?? embeddedData(value.data, source, value.path);
    const { policies: api, warnings } = compileInlineSource(text, relocated, place.file, policies.surroundings);
    check.inlineProblems.push(...insideOf(warnings, place));
    return api;
  } catch (error) {
    if (error instanceof PolicyDocumentError) {
      check.inlineProblems.push(...insideOf(error.problems, place));
    } else if (error instanceof SourceError) {
      reporter.error(
        value.path,
        `inline policies: ${error.message} (line ${error.position.line}, column ${error.position.column} of the value)`,
      );
    } else throw error;
    return undefined;
  }
}

/** Where Envoy's doubled percent signs were undone, places inside the text would be wrong by a few columns. */
function embeddedText(text: string, written: string, source: Source, path: DocumentPath): Source {
  if (text === written) return embeddedJson(text, source, path);
  const unescapedOffset = (offset: number): number => {
    let at = 0;
    for (let unit = 0; unit < offset && at < written.length; unit++) at += written.startsWith('%%', at) ? 2 : 1;
    return at;
  };
  const shifted: Source = {
    data: source.data,
    locate: source.locate,
    locateInText: (outerPath, offset) => source.locateInText(outerPath, unescapedOffset(offset)),
    isUnwritten: (outerPath) => source.isUnwritten(outerPath),
    numberText: (outerPath) => source.numberText(outerPath),
  };
  return embeddedJson(text, shifted, path);
}

/** The problems with paths in the outer document; those of `defaults` are reported for their own document. */
function insideOf(problems: readonly Problem[], outer: Pick<Problem, 'path' | 'subject'>): readonly Problem[] {
  const { subject } = outer;
  return problems
    .filter(({ path }) => !path.startsWith('defaults'))
    .map((problem) => {
      const separator = problem.path === '' || problem.path.startsWith('[') ? '' : '.';
      const inner = `${separator}${problem.path}`;
      const placed = { ...problem, path: `${outer.path}${inner}` };
      return subject === undefined ? placed : { ...placed, subject: `${subject}${inner}` };
    });
}
