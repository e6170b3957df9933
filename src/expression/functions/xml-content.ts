import { EvaluationFailure, JavaMap, newList, newMap, type Value } from '../value.ts';
import { hashMap } from './hash-map.ts';
import { XmlError } from './xml/xml-error.ts';
import type { XmlNode } from './xml/xml-node.ts';
import { parseXmlContent } from './xml/xml-parser.ts';

const EMPTY = new JavaMap(new Map(), 'map', true);
const SCHEMA_INSTANCE = 'http://www.w3.org/2001/XMLSchema-instance';
/** The maximum of elements, attributes and texts of one body: above it, a hostile body would take much more memory than its size. */
const MAX_NODES = 250_000;

/**
 * `xmlContent` of a message: from the first element on, each element below its local name. Attributes and children are
 * keys, text next to them is under "", repeated names become a list; all values are strings, `xsi:nil` is null.
 * The empty map for a body that is not XML.
 * @throws EvaluationFailure for one of more than about 250,000 nodes
 */
export function xmlContent(content: string): Value {
  let left = MAX_NODES;
  const spend = (steps: number) => {
    left -= steps;
    if (left < 0) throw new EvaluationFailure(`the XML has more than about ${MAX_NODES} nodes`);
  };
  try {
    const root = parseXmlContent(content, { namespaces: true, spend });
    const entries: Entries = new Map();
    addChildren(entries, root);
    return hashMap(toMap(entries));
  } catch (error) {
    if (error instanceof XmlError) return EMPTY;
    throw error;
  }
}

type Entries = Map<string, Value[]>;

function elementValue(element: XmlNode): Value {
  const nil = element.attributes.find((a) => a.namespace === SCHEMA_INSTANCE && a.localName === 'nil');
  if (nil?.value.trim() === 'true') return null;
  const attributes = nil === undefined ? element.attributes : element.attributes.filter((a) => a !== nil);
  if (attributes.length === 0 && element.children.every((child) => child.kind !== 'element')) {
    return element.children.map((child) => (child.kind === 'text' ? child.value : '')).join('');
  }
  const entries: Entries = new Map();
  for (const attribute of attributes) add(entries, attribute.localName, attribute.value);
  addChildren(entries, element);
  return newMap(toMap(entries));
}

/** Elements and the text between them; text of blanks only is left out, comments do not split it. */
function addChildren(entries: Entries, parent: XmlNode): void {
  let text = '';
  const addText = () => {
    if (/[^ \t\r\n]/.test(text)) add(entries, '', text);
    text = '';
  };
  for (const child of parent.children) {
    if (child.kind === 'text') text += child.value;
    if (child.kind !== 'element') continue;
    addText();
    add(entries, child.localName, elementValue(child));
  }
  addText();
}

function add(entries: Entries, key: string, value: Value): void {
  const values = entries.get(key);
  if (values === undefined) entries.set(key, [value]);
  else values.push(value);
}

function toMap(entries: Entries): Map<Value, Value> {
  const map = new Map<Value, Value>();
  for (const [key, values] of entries) map.set(key, values.length === 1 ? values[0] : newList(values));
  return map;
}
