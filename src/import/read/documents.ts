import { parseSource, SourceError } from '../../config/index.ts';
import { ImportError, type Report } from '../report.ts';
import { isRecord, Reader } from './reader.ts';

/** A file's parts: definitions of APIs, shared policy groups by name, and what else is in it. */
export interface DefinitionFile {
  readonly definitions: readonly unknown[];
  readonly sharedPolicyGroups: ReadonlyMap<string, Reader>;
  /** Kinds and names of resources that are neither. */
  readonly others: readonly string[];
}

const DEFINITION_KINDS = new Set(['ApiDefinition', 'ApiV4Definition']);
const GROUP_KIND = 'SharedPolicyGroup';

/** Reads one or more documents and lists of them. Throws SourceError for text that does not parse. */
export function readDocuments(text: string, fileName: string): DefinitionFile {
  const definitions: unknown[] = [];
  const others: string[] = [];
  const groups = new Map<string, Reader>();
  for (const resource of parseDocuments(text, fileName).flatMap(unlist)) {
    const kind = isRecord(resource) ? resource.kind : undefined;
    if (typeof kind !== 'string') {
      if (isSharedGroup(resource)) addGroup(groups, new Reader(resource), undefined);
      else definitions.push(resource);
    } else if (DEFINITION_KINDS.has(kind)) definitions.push(resource);
    else if (kind === GROUP_KIND) {
      const root = new Reader(resource);
      addGroup(groups, root.get('spec'), root.get('metadata').text('name'));
    } else others.push([kind, new Reader(resource).get('metadata').text('name')].filter(Boolean).join(' '));
  }
  return { definitions, sharedPolicyGroups: groups, others };
}

export function tellOthers({ others }: DefinitionFile, report: Report): void {
  for (const other of others) report.add('told', `${other}: another resource of the file, which is not imported`);
}

/** The management API's export of a group has no kind. */
function isSharedGroup(resource: unknown): boolean {
  return isRecord(resource) && Array.isArray(resource.steps) && typeof resource.phase === 'string';
}

function addGroup(groups: Map<string, Reader>, group: Reader, resourceName: string | undefined): void {
  for (const name of [resourceName, ...['id', 'crossId', 'hrid', 'name'].map((field) => group.text(field))]) {
    if (name !== undefined) groups.set(name, group);
  }
}

/** `kubectl get -o json` gives a List; some tools a list of the language itself. */
function unlist(document: unknown): readonly unknown[] {
  if (Array.isArray(document)) return document;
  const isList = isRecord(document) && typeof document.kind === 'string' && document.kind.endsWith('List');
  return isList && Array.isArray(document.items) ? document.items : [document];
}

/** YAML may hold several documents, each after a line of three dashes. Places stay those of the whole file. */
function parseDocuments(text: string, fileName: string): readonly unknown[] {
  const whole = text.replace(/^\uFEFF/, '');
  if (fileName.endsWith('.json')) return [parseSource(whole, fileName).data];
  const lines = whole.split('\n');
  const documents: string[] = [];
  let begin = 0;
  const close = (end: number): void => {
    const part = lines.slice(begin, end);
    // Only comments and directives: no document.
    if (part.some((line) => !/^\s*(?:#|%|---\s*(?:#|$)|\.\.\.\s*$|$)/.test(line.replace(/\r$/, '')))) {
      documents.push('\n'.repeat(begin) + part.join('\n'));
    }
  };
  for (const [index, line] of lines.entries()) {
    if (!/^---(?:\s|$)/.test(line)) continue;
    close(index);
    begin = index;
  }
  close(lines.length);
  if (documents.length === 0) throw new SourceError('the file is empty', { line: 1, column: 1 });
  return documents.map((document) => parseSource(document, fileName).data);
}

/** Shared policy groups of files of their own. */
export function readGroupFile(text: string, fileName: string): ReadonlyMap<string, Reader> {
  const { sharedPolicyGroups } = readDocuments(text, fileName);
  if (sharedPolicyGroups.size === 0) throw new ImportError('this file has no shared policy group');
  return sharedPolicyGroups;
}
