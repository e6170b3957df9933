export const XML_NAMESPACE = 'http://www.w3.org/XML/1998/namespace';

export type XmlNodeKind =
  | 'document'
  | 'element'
  | 'attribute'
  | 'namespace'
  | 'text'
  | 'comment'
  | 'processing-instruction';

/** One node of a parsed document, as XPath sees it: CDATA and the text beside it are one text node. */
export class XmlNode {
  readonly kind: XmlNodeKind;
  /** As written, with its prefix; the target of a processing instruction; "" where there is no name. */
  readonly name: string;
  /** "" without namespace, and everywhere in documents that are read without namespaces. */
  readonly namespace: string;
  readonly parent: XmlNode | null;
  /** Position in document order. */
  readonly order: number;
  /** Text of everything that has no children. */
  value = '';
  readonly children: XmlNode[] = [];
  /** Position among the parent's children. */
  index = 0;
  attributes: readonly XmlNode[] = [];
  /** What an element itself declares: nodes with the prefix as name and the URI as value. */
  declared: readonly XmlNode[] = [];
  /** Of a declaration: it hides those with the same slot in outer elements, and earlier in its tag. */
  slot = '';

  constructor(kind: XmlNodeKind, name: string, namespace: string, parent: XmlNode | null, order: number) {
    this.kind = kind;
    this.name = name;
    this.namespace = namespace;
    this.parent = parent;
    this.order = order;
  }

  get localName(): string {
    return this.name.slice(this.name.indexOf(':') + 1);
  }

  /** The parent's child after this one, or before it. */
  sibling(step: 1 | -1): XmlNode | null {
    return this.parent?.children[this.index + step] ?? null;
  }
}
