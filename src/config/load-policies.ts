import type { SecretSource } from '../expression/index.ts';
import { type ApiPolicies, type LambdaConfiguration, policyDefaults } from '../policy/index.ts';
import { parseOrReport } from './checked-document.ts';
import { compileApi, type Surroundings } from './compile/api.ts';
import { dataMap } from './compile/data.ts';
import { checkEnvoyVersion, compileEnvoy, nothingTold } from './compile/envoy.ts';
import { warnOfTemplates } from './compile/foreign-syntax.ts';
import { atOnce, type InSteps, inTurns } from './compile/in-steps.ts';
import { compileLimits } from './compile/limits.ts';
import { type Numbers, Reporter } from './compile/reporter.ts';
import { compileResponseTemplates } from './compile/response-templates.ts';
import { compileResultStore } from './compile/result-store.ts';
import { Selection } from './compile/selection.ts';
import { compileStep } from './compile/step.ts';
import { TemplateCompiler } from './compile/template-compiler.ts';
import { CompiledPolicySet } from './compiled-policy-set.ts';
import { foreignField } from './foreign-document.ts';
import { InlinePolicies, singleProblem } from './inline-policies.ts';
import { checkLaidDefaults } from './laid-defaults.ts';
import { PolicyDocumentError, type Position, type Problem } from './problem.ts';
import { checkGlobs, Rights } from './rights/index.ts';
import { documentSchema, type PolicyDocument, type RightsDocument, validate } from './schema/index.ts';
import { SecretStore } from './secrets/index.ts';
import { type TextPlaces, withoutPlaces } from './source/index.ts';

export interface LoadedPolicies {
  readonly set: CompiledPolicySet;
  readonly warnings: readonly Problem[];
  readonly inlineAllowed: boolean;
  readonly fileName: string;
  /** Where each API begins; none where the text is not at hand. */
  readonly apiPlaces: ReadonlyMap<string, Position>;
  /** False: there is no file, and flags say what inline policies may call. */
  readonly hasDocument: boolean;
  /** What the document gives to inline policies, for who checks those of an Envoy configuration. */
  readonly surroundings: Surroundings;
  readonly rights: DocumentRights;
}

/** What bounds the calls that the document does not spell out. */
export interface DocumentRights {
  /** Of expressions in the document. */
  readonly allow: RightsDocument;
  /** Undefined: routes bring no policies. */
  readonly inline: InlineRights | undefined;
}

export interface InlineRights {
  readonly lists: RightsDocument;
  /** What `defaults` lays under an inline policy that says nothing. */
  readonly base: LambdaConfiguration;
  /** `defaults` names a function. */
  readonly hasFunction: boolean;
}

/** Values of `defaults` that the steps of a document get in all. */
const MOST_LAID = 500_000;

/** A document that is well formed, and what a compiler had to say about it. Plain data: it can go to another thread. */
export interface ReadDocument {
  readonly document: PolicyDocument;
  readonly warnings: readonly Problem[];
  /** Of all bodies. */
  readonly numbers: Numbers;
  /** Of all texts with expressions. */
  readonly places: ReadonlyMap<string, TextPlaces>;
}

/**
 * Reads, checks and compiles a document. `envoyVersion`: of Envoy, whatever the document tells. Throws PolicyDocumentError with every
 * problem that was found.
 */
export function loadPolicies(
  text: string,
  fileName: string,
  secrets: SecretSource = new SecretStore(),
  envoyVersion?: string,
): LoadedPolicies {
  const source = parseOrReport(text, fileName);
  const reporter = new Reporter(fileName, source);
  const document = read(reporter, fileName);
  const { set, surroundings, rights } = atOnce(compileDocument(document, reporter, secrets, envoyVersion));
  if (reporter.hasErrors) throw new PolicyDocumentError(reporter.problems);
  return {
    set,
    rights,
    warnings: reporter.problems,
    inlineAllowed: isInlineAllowed(document),
    hasDocument: true,
    fileName,
    apiPlaces: new Map([...set.apis.keys()].map((name) => [name, source.locate(['apis', name], 'key')])),
    surroundings,
  };
}

/** What `loadPolicies` throws and warns of, and the document itself; `data`: as written. Throws PolicyDocumentError. */
export function readPolicies(
  text: string,
  fileName: string,
  secrets: SecretStore,
): { readonly read: ReadDocument; readonly data: unknown } {
  const reporter = new Reporter(fileName, parseOrReport(text, fileName));
  const document = read(reporter, fileName);
  atOnce(compileDocument(document, reporter, secrets));
  if (reporter.hasErrors) throw new PolicyDocumentError(reporter.problems);
  const { problems: warnings, numbers, places, data } = reporter;
  return { read: { document, warnings, numbers, places }, data };
}

/** Compiles, while requests go on, what `readPolicies` found good. Rejects with PolicyDocumentError. */
export async function compileInTurns(
  { document, warnings, numbers, places }: ReadDocument,
  fileName: string,
  secrets: SecretStore,
): Promise<LoadedPolicies> {
  // Places are in `warnings` already: an error here is one of what changed meanwhile, as a file with a secret.
  const reporter = new Reporter(fileName, withoutPlaces(document, numbers, places));
  const { set, surroundings, rights } = await inTurns(compileDocument(document, reporter, secrets));
  if (reporter.hasErrors) throw new PolicyDocumentError(reporter.problems);
  return {
    set,
    rights,
    warnings,
    inlineAllowed: isInlineAllowed(document),
    hasDocument: true,
    fileName,
    apiPlaces: new Map(),
    surroundings,
  };
}

function read(reporter: Reporter, fileName: string): PolicyDocument {
  if (reporter.data === null || reporter.data === undefined) {
    throw singleProblem(fileName, { line: 1, column: 1 }, 'the document is empty: expected `version: 1` and `apis`');
  }
  const foreign = foreignField(reporter.data);
  if (foreign !== undefined) {
    reporter.error([foreign.field], foreign.message, 'key');
    throw new PolicyDocumentError(reporter.problems);
  }
  const document = validate(documentSchema, reporter.data, (path, message, part) =>
    reporter.error(path, message, part),
  );
  if (document !== undefined) {
    checkLaidDefaults(document.defaults, Object.values(document.apis ?? {}), MOST_LAID, reporter);
  }
  if (document === undefined || reporter.hasErrors) throw new PolicyDocumentError(reporter.problems);
  return document;
}

/** What is served without a document: inline policies only, and those only where they have rights. */
export function emptyPolicies(inline?: RightsDocument, envoyVersion?: string): LoadedPolicies {
  const text = JSON.stringify({ version: 1, inline });
  return { ...loadPolicies(text, 'policies.json', new SecretStore(), envoyVersion), hasDocument: false };
}

function* compileDocument(
  document: PolicyDocument,
  reporter: Reporter,
  secrets: SecretSource,
  envoyVersion?: string,
): InSteps<Pick<LoadedPolicies, 'set' | 'surroundings' | 'rights'>> {
  const compiler = new TemplateCompiler(reporter, secrets);
  const responseTemplates = compileResponseTemplates(document.responseTemplates, ['responseTemplates'], compiler);
  const { defaults } = document;
  const dictionaries = dataMap(document.dictionaries);
  const allow = new Rights(document.allow ?? {});
  const told = compileEnvoy(document.envoy, nothingTold, ['envoy'], reporter);
  const envoy = envoyVersion === undefined ? told : { ...told, version: envoyVersion };
  if (envoyVersion !== undefined) checkEnvoyVersion(envoyVersion, [], reporter);
  const rights = { author: 'document', allow } as const;
  const { numbers } = reporter;
  const timeSpent = { ms: 0 };
  const surroundings = {
    defaults,
    dictionaries,
    responseTemplates,
    envoy,
    envoyVersion,
    rights,
    secrets,
    numbers,
    timeSpent,
  };
  warnOfTemplates(document.dictionaries, ['dictionaries'], reporter);
  const inlineRights = document.inline || undefined;
  const inline = new Rights(inlineRights ?? {});
  const inlineSurroundings = { ...surroundings, rights: { author: 'route', inline } } as const;
  checkRights(document, reporter);
  const base = compileDefaults(surroundings, inlineRights !== undefined, reporter);
  const apis = new Map<string, ApiPolicies>();
  const selection = new Selection(reporter);
  for (const [name, api] of Object.entries(document.apis ?? {})) {
    yield;
    const policies = yield* compileApi(name, api, ['apis', name], surroundings, compiler);
    apis.set(name, policies);
    selection.add(policies, api, ['apis', name]);
  }
  yield* selection.check();
  const limits = compileLimits(document, inlineRights !== undefined, compiler.reporter);
  const hasCache = [...apis.values()].some(({ request, response }) =>
    [...request, ...response].some(({ configuration }) => configuration.cache !== undefined),
  );
  const set = new CompiledPolicySet({
    unmatched: document.unmatched ?? policyDefaults.unmatched,
    limits,
    resultStore: compileResultStore(document.resultStore, hasCache, compiler),
    responseTemplates,
    envoy: surroundings.envoy,
    apis,
    choice: selection.rules,
    inline: inlineRights === undefined ? undefined : new InlinePolicies(inlineSurroundings, limits.bufferedBytes),
  });
  const inlineBase = inlineRights && base && { lists: inlineRights, base, hasFunction: Boolean(defaults?.function) };
  return { set, surroundings: inlineSurroundings, rights: { allow: document.allow ?? {}, inline: inlineBase } };
}

function isInlineAllowed({ inline }: PolicyDocument): boolean {
  return (inline ?? policyDefaults.inline) !== false;
}

function checkRights({ inline, allow }: PolicyDocument, reporter: Reporter): void {
  checkGlobs(inline || {}, (path, message) => reporter.warn(['inline', ...path], message));
  checkGlobs(allow ?? {}, (path, message) => reporter.warn(['allow', ...path], message));
  for (const path of [['allow'], ...Object.keys(allow ?? {}).map((list) => ['allow', list])]) {
    if (reporter.isUnwritten(path)) reporter.warn(path, 'is empty and sets no limit: to allow nothing, write []');
  }
}

/** Inline policies get the defaults later: what is wrong with them must not wait for the first of those. */
function compileDefaults(
  surroundings: Surroundings,
  hasInline: boolean,
  reporter: Reporter,
): LambdaConfiguration | undefined {
  const defaults = surroundings.defaults ?? undefined;
  if (defaults === undefined && !hasInline) return undefined;
  const own = reporter.sibling();
  const place = { path: [], phase: 'request', body: 'as-needed' } as const;
  const step = { configuration: { function: defaults?.function ?? 'any' } };
  const compiled = compileStep(step, surroundings, place, new TemplateCompiler(own, surroundings.secrets));
  reporter.adoptErrors(own);
  return compiled?.step.configuration;
}
