import type { DocumentPath } from '../../problem.ts';
import type { Source } from '../../source/index.ts';
import { EnvoyNode } from '../envoy-node.ts';
import type { FileDocument } from '../joined-source.ts';

/** One object of a text for Kubernetes. */
export interface Manifest {
  readonly kind: string;
  readonly name: string;
  /** '' if the manifest has none, so that it depends on how the manifest is applied. */
  readonly namespace: string;
  /** The object; places are those of `source`. */
  readonly node: EnvoyNode;
  readonly source: Source;
  readonly fileName: string;
}

/** Whether a document is one for Kubernetes. */
export function isManifest({ data }: Source): boolean {
  const node = new EnvoyNode(data);
  return node.text('apiVersion') !== undefined && node.text('kind') !== undefined;
}

/** The objects of documents, lists (as `kubectl get -o yaml` prints) taken apart. */
export function readManifests(documents: readonly FileDocument[]): readonly Manifest[] {
  return documents.flatMap((document) => objectsIn(new EnvoyNode(document.source.data), document));
}

function objectsIn(node: EnvoyNode, document: FileDocument): readonly Manifest[] {
  const kind = node.text('kind');
  if (kind === undefined) return [];
  const items = node.items('items');
  if (kind.endsWith('List') && items.length > 0) return items.flatMap((item) => objectsIn(item, document));
  const metadata = node.get('metadata');
  const name = metadata?.text('name') ?? '';
  return [{ kind, name, namespace: metadata?.text('namespace') ?? '', node, ...document }];
}

/** `EnvoyExtensionPolicy orders/ext-proc`. */
export function labelOf({ kind, namespace, name }: Manifest): string {
  const own = name === '' ? '(without a name)' : name;
  return `${kind} ${namespace === '' ? own : `${namespace}/${own}`}`;
}

/** Whether a reference in one object refers to another. A reference without a namespace has that of its object. */
export function refersTo(from: Manifest, reference: EnvoyNode, to: Manifest): boolean {
  const namespace = reference.text('namespace') ?? from.namespace;
  return reference.text('name') === to.name && (namespace === to.namespace || namespace === '' || to.namespace === '');
}

/** As Kubernetes writes paths of fields: `spec.extProc[0].processingMode`. */
export function fieldPath(path: DocumentPath): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else if (/^[\w-]+$/.test(part)) text += text === '' ? part : `.${part}`;
    else text += `[${JSON.stringify(part)}]`;
  }
  return text;
}
