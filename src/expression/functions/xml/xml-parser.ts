import { doctypeEnd } from './doctype.ts';
import { expandReferences, FORBIDDEN, NAME } from './xml-characters.ts';
import { XmlError } from './xml-error.ts';
import { NamespaceScopes } from './xml-namespaces.ts';
import { XML_NAMESPACE, XmlNode } from './xml-node.ts';

export interface XmlOptions {
  /** Resolve prefixes: one that is not bound is an error then. */
  readonly namespaces: boolean;
  /** Called with the work done, in nodes and in characters; may throw. */
  readonly spend: (steps: number) => void;
}

const MAX_DEPTH = 1000;
const MAX_ATTRIBUTES = 1000;

const BLANK = /[ \t\r\n]*/y;
const DECLARATION =
  /<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(?:"1\.[01]"|'1\.[01]')(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*(?:"[A-Za-z][A-Za-z0-9._-]*"|'[A-Za-z][A-Za-z0-9._-]*'))?(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\r\n]*\?>/y;

/**
 * Parses a whole XML 1.0 document and refuses whatever is not well-formed. A DOCTYPE is refused as well, so that there
 * are no entities but the five predefined ones: nothing is loaded, nothing expands.
 * @throws XmlError
 */
export function parseXml(text: string, options: XmlOptions): XmlNode {
  return new XmlParser(text, options).document();
}

/** Parses a body from its first element on, text and further elements behind it included; a DOCTYPE is skipped. */
export function parseXmlContent(text: string, options: XmlOptions): XmlNode {
  return new XmlParser(text, options).content();
}

class XmlParser {
  readonly #text: string;
  readonly #options: XmlOptions;
  #position = 0;
  #order = 0;
  readonly #open: XmlNode[] = [];
  readonly #scopes: NamespaceScopes | undefined;
  /** For XPath, whose order of attributes and namespaces it is. */
  #forPaths = false;

  constructor(text: string, options: XmlOptions) {
    this.#options = options;
    if (options.namespaces) this.#scopes = new NamespaceScopes((message) => this.#fail(message));
    options.spend(1 + (text.length >> 8));
    const forbidden = FORBIDDEN.exec(text);
    if (forbidden !== null) throw new XmlError(`XML does not allow the character at position ${forbidden.index}`);
    this.#text = text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
  }

  document(): XmlNode {
    this.#forPaths = true;
    const root = this.#node('document', '', '', null);
    this.#declaration();
    this.#misc(root);
    if (this.#at('<!DOCTYPE')) throw this.#fail('a DOCTYPE is not allowed');
    if (!this.#at('<')) throw this.#fail('expected the root element');
    this.#startTag(root);
    while (this.#open.length > 0) this.#piece(root);
    this.#misc(root);
    if (this.#position < this.#text.length) throw this.#fail('unexpected content after the root element');
    return root;
  }

  content(): XmlNode {
    const root = this.#node('document', '', '', null);
    this.#declaration();
    this.#misc(root);
    if (this.#at('<!DOCTYPE')) {
      const end = doctypeEnd(this.#text, this.#position);
      if (end === -1) throw this.#fail('the DOCTYPE is not closed');
      this.#position = end;
      this.#misc(root);
    }
    if (!this.#at('<')) throw this.#fail('expected an element');
    this.#startTag(root);
    while (this.#position < this.#text.length) this.#piece(root);
    if (this.#open.length > 0) throw this.#fail(`the element ${this.#open.at(-1)?.name} is not closed`);
    return root;
  }

  #declaration(): void {
    if (!this.#text.startsWith('<?xml') || !/[ \t\n?]/.test(this.#text.charAt(5))) return;
    DECLARATION.lastIndex = 0;
    if (!DECLARATION.test(this.#text)) throw this.#fail('the XML declaration is malformed');
    this.#position = DECLARATION.lastIndex;
  }

  #fail(message: string): XmlError {
    return new XmlError(`malformed XML: ${message}, at position ${this.#position}`);
  }

  #at(text: string): boolean {
    return this.#text.startsWith(text, this.#position);
  }

  #node(kind: XmlNode['kind'], name: string, namespace: string, parent: XmlNode | null): XmlNode {
    this.#options.spend(1);
    return new XmlNode(kind, name, namespace, parent, this.#order++);
  }

  #child(parent: XmlNode, kind: XmlNode['kind'], name: string, namespace: string): XmlNode {
    const node = this.#node(kind, name, namespace, parent);
    node.index = parent.children.length;
    parent.children.push(node);
    return node;
  }

  /** Blanks, comments and processing instructions around the root element. */
  #misc(root: XmlNode): void {
    for (;;) {
      this.#blanks();
      if (this.#at('<!--')) this.#comment(root);
      else if (this.#at('<?')) this.#instruction(root);
      else return;
    }
  }

  #blanks(): boolean {
    BLANK.lastIndex = this.#position;
    BLANK.test(this.#text);
    const moved = BLANK.lastIndex > this.#position;
    this.#position = BLANK.lastIndex;
    return moved;
  }

  #piece(root: XmlNode): void {
    const parent = this.#open.at(-1) ?? root;
    if (this.#position >= this.#text.length) throw this.#fail(`the element ${parent.name} is not closed`);
    if (!this.#at('<')) this.#characters(parent);
    else if (this.#at('</')) this.#endTag();
    else if (this.#at('<!--')) this.#comment(parent);
    else if (this.#at('<![CDATA[')) this.#cdata(parent);
    else if (this.#at('<?')) this.#instruction(parent);
    else if (this.#at('<!DOCTYPE')) throw this.#fail('a DOCTYPE is not allowed');
    else if (this.#at('<!')) throw this.#fail('unexpected "<!"');
    else this.#startTag(parent);
  }

  #name(): string {
    NAME.lastIndex = this.#position;
    const name = NAME.exec(this.#text)?.[0];
    if (name === undefined) throw this.#fail('expected a name');
    this.#position += name.length;
    return name;
  }

  #startTag(parent: XmlNode): void {
    this.#position++;
    const name = this.#name();
    if (this.#open.length >= MAX_DEPTH) throw this.#fail(`elements nest deeper than ${MAX_DEPTH}`);
    const written = new Map<string, string>();
    for (;;) {
      const blank = this.#blanks();
      if (this.#at('>') || this.#at('/>')) break;
      if (!blank) throw this.#fail('expected a blank, ">" or "/>" in a tag');
      const attribute = this.#name();
      if (written.has(attribute)) throw this.#fail(`the attribute ${attribute} appears twice`);
      if (written.size >= MAX_ATTRIBUTES) throw this.#fail(`an element has more than ${MAX_ATTRIBUTES} attributes`);
      this.#blanks();
      if (!this.#at('=')) throw this.#fail('expected "="');
      this.#position++;
      this.#blanks();
      written.set(attribute, this.#attributeValue());
    }
    this.#element(parent, name, written);
  }

  #element(parent: XmlNode, name: string, written: ReadonlyMap<string, string>): void {
    const declared = new Map<string, string>();
    for (const [attribute, value] of written) {
      if (attribute === 'xmlns') declared.set('', value);
      else if (attribute === 'xmlns:' && this.#scopes !== undefined) throw this.#fail('a prefix is missing');
      else if (attribute.startsWith('xmlns:')) declared.set(attribute.slice(6), value);
    }
    this.#scopes?.open(declared);
    const element = this.#child(parent, 'element', name, this.#scopes?.ofElement(name) ?? '');
    const attributes: XmlNode[] = [];
    const expanded = new Set<string>();
    const namespaces: XmlNode[] = [];
    const inOrder = [...written];
    // A DOM of the original keeps them by name.
    if (this.#forPaths) inOrder.sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [attribute, value] of inOrder) {
      if (attribute === 'xmlns' || attribute.startsWith('xmlns:')) {
        if (this.#forPaths)
          namespaces.push(
            this.#namespace(element, attribute.slice(6), value, this.#scopes === undefined ? '' : attribute),
          );
        continue;
      }
      const namespace = this.#scopes?.ofAttribute(attribute) ?? '';
      const node = this.#node('attribute', attribute, namespace, element);
      node.value = value;
      // A name has no blank.
      const name = `${node.localName} ${namespace}`;
      if (namespace !== '' && expanded.has(name)) throw this.#fail(`the attribute ${attribute} appears twice`);
      expanded.add(name);
      attributes.push(node);
    }
    if (this.#forPaths && parent.kind === 'document' && !declared.has('xml')) {
      namespaces.push(this.#namespace(element, 'xml', XML_NAMESPACE, 'xml'));
    }
    element.attributes = attributes;
    element.declared = namespaces;
    if (this.#at('/>')) {
      this.#position += 2;
      this.#scopes?.close();
    } else {
      this.#position++;
      this.#open.push(element);
    }
  }

  /** Read without namespaces, the original's model of a document has room for one declaration only, beside that of xml. */
  #namespace(element: XmlNode, prefix: string, uri: string, slot: string): XmlNode {
    const node = this.#node('namespace', prefix, '', element);
    node.value = uri;
    node.slot = slot;
    return node;
  }

  #endTag(): void {
    this.#position += 2;
    const name = this.#name();
    this.#blanks();
    if (!this.#at('>')) throw this.#fail('expected ">"');
    const element = this.#open.pop();
    if (element?.name !== name)
      throw this.#fail(`the end tag ${name} does not match ${element?.name ?? 'any element'}`);
    this.#scopes?.close();
    this.#position++;
  }

  #attributeValue(): string {
    const quote = this.#text.charAt(this.#position);
    if (quote !== '"' && quote !== "'") throw this.#fail('expected an attribute value in quotes');
    const end = this.#text.indexOf(quote, this.#position + 1);
    if (end === -1) throw this.#fail('an attribute value is not closed');
    const raw = this.#text.slice(this.#position + 1, end);
    if (raw.includes('<')) throw this.#fail('an attribute value contains "<"');
    const value = this.#expand(raw.replace(/[\t\n]/g, ' '));
    this.#position = end + 1;
    return value;
  }

  #characters(parent: XmlNode): void {
    const next = this.#text.indexOf('<', this.#position);
    const end = next === -1 ? this.#text.length : next;
    const raw = this.#text.slice(this.#position, end);
    if (raw.includes(']]>')) throw this.#fail('text contains "]]>"');
    this.#addText(parent, this.#expand(raw));
    this.#position = end;
  }

  #cdata(parent: XmlNode): void {
    const end = this.#text.indexOf(']]>', this.#position);
    if (end === -1) throw this.#fail('a CDATA section is not closed');
    this.#addText(parent, this.#text.slice(this.#position + 9, end));
    this.#position = end + 3;
  }

  #addText(parent: XmlNode, text: string): void {
    const last = parent.children.at(-1);
    const node = last?.kind === 'text' ? last : this.#child(parent, 'text', '', '');
    node.value += text;
  }

  #expand(raw: string): string {
    return raw.includes('&') ? expandReferences(raw, (message) => this.#fail(message)) : raw;
  }

  #comment(parent: XmlNode): void {
    const end = this.#text.indexOf('--', this.#position + 4);
    if (end === -1 || this.#text.charAt(end + 2) !== '>') throw this.#fail('a comment is not closed, or contains "--"');
    this.#child(parent, 'comment', '', '').value = this.#text.slice(this.#position + 4, end);
    this.#position = end + 3;
  }

  #instruction(parent: XmlNode): void {
    const start = this.#position;
    this.#position += 2;
    const target = this.#name();
    if (target.toLowerCase() === 'xml') throw this.#fail('an XML declaration is allowed at the start only');
    const blank = this.#blanks();
    const end = this.#text.indexOf('?>', this.#position);
    if (end === -1) throw this.#fail(`the processing instruction at position ${start} is not closed`);
    if (!blank && end !== this.#position) throw this.#fail('expected a blank in a processing instruction');
    this.#child(parent, 'processing-instruction', target, '').value = this.#text.slice(this.#position, end);
    this.#position = end + 2;
  }
}
