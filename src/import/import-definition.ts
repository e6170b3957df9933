import { LONGEST_MESSAGE_TIMEOUT_MS } from '../envoy-names.ts';
import { invocationDefaults } from '../lambda/index.ts';
import { acceptedNames } from './closing.ts';
import type { ApiDefinition, Step } from './definition.ts';
import { envoyDocument } from './envoy/index.ts';
import { flowsToApis, type Imported } from './flows-to-apis.ts';
import { tellGatewayValues } from './gateway-values.ts';
import { slug, uniqueName } from './names.ts';
import { policiesDocument } from './policies-document.ts';
import { type Reader, readDefinition, readDocuments, readGroupFile, tellOthers } from './read/index.ts';
import { ImportError, Report, type ReportEntry } from './report.ts';
import { Secrets } from './secrets.ts';

export interface ImportOptions {
  /** Names of restrictions that may be open. */
  readonly accept?: readonly string[];
  /** Texts of files with shared policy groups. */
  readonly sharedPolicyGroups?: readonly { readonly text: string; readonly fileName: string }[];
}

export interface ImportResult {
  /** From the API's name; unique among those of one file. */
  readonly name: string;
  /** Text of policies.yaml. */
  readonly policies: string;
  /** Text of envoy.yaml. */
  readonly envoy: string;
  /** Text of a file of environment variables with the keys of the definition; undefined when it has none. */
  readonly secrets: string | undefined;
  readonly apis: number;
  readonly steps: number;
  readonly routes: number;
  /** Routes that answer 503 because a restriction on callers is not imported. */
  readonly closedRoutes: number;
  /** What could not be imported unchanged, the worst first. */
  readonly report: readonly ReportEntry[];
}

export interface ImportedFile {
  readonly results: readonly ImportResult[];
  /** Why APIs of a file with several could not be imported. */
  readonly failures: readonly string[];
}

/** All APIs of a file. Throws ImportError when none can be imported, and SourceError. */
export function importDefinitions(text: string, fileName: string, options: ImportOptions = {}): ImportedFile {
  const file = readDocuments(text, fileName);
  if (file.definitions.length === 0) {
    throw new ImportError(`this is not an API definition: the file has ${file.others.join(', ') || 'nothing'}`);
  }
  const groups = new Map<string, Reader>(file.sharedPolicyGroups);
  for (const other of options.sharedPolicyGroups ?? []) {
    for (const [name, group] of readGroupFile(other.text, other.fileName)) groups.set(name, group);
  }
  const results: ImportResult[] = [];
  const failures: string[] = [];
  for (const [index, document] of file.definitions.entries()) {
    try {
      const report = new Report();
      const secrets = new Secrets();
      const definition = readDefinition(document, { report, secrets, sharedPolicyGroups: groups });
      tellOthers(file, report);
      const name = uniqueName(slug(definition.name), (taken) => results.some((result) => result.name === taken));
      results.push({ name, ...convert(definition, secrets, report, options) });
    } catch (error) {
      if (!(error instanceof ImportError) || file.definitions.length === 1) throw error;
      failures.push(`definition ${index + 1}: ${error.message}`);
    }
  }
  return { results, failures };
}

/** The only API of a file. Throws ImportError, also when there are several, and SourceError. */
export function importDefinition(text: string, fileName: string, options: ImportOptions = {}): ImportResult {
  const { results, failures } = importDefinitions(text, fileName, options);
  const [only] = results;
  if (only === undefined || results.length + failures.length > 1) {
    throw new ImportError('this file has several API definitions');
  }
  return only;
}

function convert(definition: ApiDefinition, secrets: Secrets, report: Report, options: ImportOptions) {
  const imported = flowsToApis(definition, acceptedNames(options.accept ?? []), report);
  tellGatewayValues(definition, imported, report);
  const messageTimeoutMs = messageTimeout(imported, report);
  const policies = policiesDocument(definition, imported, messageTimeoutMs, report);
  // Last, because its comments contain the report's entries about security.
  const envoy = envoyDocument(definition, imported, messageTimeoutMs, report);
  return {
    policies,
    envoy,
    secrets: secretsFile(secrets),
    apis: imported.apis.length,
    steps: imported.apis.reduce((sum, api) => sum + api.request.length + api.response.length, 0),
    routes: imported.routes.length,
    closedRoutes: imported.routes.filter(({ closedBy }) => closedBy.length > 0).length,
    report: report.entries,
  };
}

function secretsFile({ values }: Secrets): string | undefined {
  if (values.size === 0) return undefined;
  const lines = [...values].map(([name, value]) => {
    if (value === undefined) return `# ${name}=`;
    return `${name}='${value.replaceAll("'", `'\\''`)}'`;
  });
  return [
    '# The keys of the definition, for the environment of lambda-ext-proc: keep them in a secret store instead.',
    '#   set -a; . ./secrets.env; set +a',
    ...lines,
    '',
  ].join('\n');
}

/** The longest time that the steps of one API may take, so that Envoy waits for them: at most Envoy's maximum. */
function messageTimeout({ apis }: Imported, report: Report): number {
  const sums = apis.map((api) => {
    return [...api.request, ...api.response].reduce((sum, { step }) => sum + longest(step), 0);
  });
  const wanted = Math.ceil((Math.max(0, ...sums) + 1000) / 1000) * 1000;
  if (wanted <= LONGEST_MESSAGE_TIMEOUT_MS) return wanted;
  report.add(
    'changed',
    'timeouts of steps that add up to more than an hour: Envoy waits for an hour at most, then answers 504',
  );
  return LONGEST_MESSAGE_TIMEOUT_MS;
}

function longest({ configuration }: Step): number {
  const time = (name: string, fallback: number): number => {
    const value = configuration[name];
    return typeof value === 'number' ? value : fallback;
  };
  // A Lambda ends after 15 minutes at the latest.
  const read = time('readTimeoutMs', invocationDefaults.readTimeoutMs) || 900_000;
  const one =
    time('apiCallAttemptTimeoutMs', 0) || time('connectionTimeoutMs', invocationDefaults.connectionTimeoutMs) + read;
  return time('apiCallTimeoutMs', 0) || one;
}
