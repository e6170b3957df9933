import type { XmlError } from './xml-error.ts';
import { XML_NAMESPACE } from './xml-node.ts';

const XMLNS_NAMESPACE = 'http://www.w3.org/2000/xmlns/';

/** The namespaces that the open elements of a document declare, by prefix; "" is the default one. */
export class NamespaceScopes {
  readonly #fail: (message: string) => XmlError;
  readonly #scopes: ReadonlyMap<string, string>[] = [];
  /** The URIs of each prefix, that of the innermost element last. */
  readonly #bound = new Map<string, string[]>();

  constructor(fail: (message: string) => XmlError) {
    this.#fail = fail;
  }

  /** Begins an element; throws if a declaration is not allowed. */
  open(declared: ReadonlyMap<string, string>): void {
    for (const [prefix, uri] of declared) {
      const reserved = prefix === 'xmlns' || uri === XMLNS_NAMESPACE || (prefix === 'xml') !== (uri === XML_NAMESPACE);
      if (reserved || (prefix !== '' && uri === '') || prefix.includes(':')) {
        throw this.#fail(`the namespace prefix "${prefix}" cannot be declared like this`);
      }
      const uris = this.#bound.get(prefix);
      if (uris === undefined) this.#bound.set(prefix, [uri]);
      else uris.push(uri);
    }
    this.#scopes.push(declared);
  }

  close(): void {
    for (const prefix of this.#scopes.pop()?.keys() ?? []) this.#bound.get(prefix)?.pop();
  }

  ofElement(name: string): string {
    return this.#of(name, true);
  }

  /** Without a prefix an attribute is in no namespace. */
  ofAttribute(name: string): string {
    return this.#of(name, false);
  }

  #of(name: string, isElement: boolean): string {
    const colon = name.indexOf(':');
    if (colon !== name.lastIndexOf(':') || colon === 0 || colon === name.length - 1) {
      throw this.#fail(`"${name}" is not a valid name with a prefix`);
    }
    const prefix = colon < 0 ? '' : name.slice(0, colon);
    if (prefix === '' && !isElement) return '';
    if (prefix === 'xml') return XML_NAMESPACE;
    const uri = this.#bound.get(prefix)?.at(-1);
    if (uri !== undefined) return uri;
    if (prefix !== '') throw this.#fail(`the prefix "${prefix}" is not bound`);
    return '';
  }
}
