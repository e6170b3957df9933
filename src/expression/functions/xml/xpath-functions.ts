import { findText, includesText } from '../../java/text/text-search.ts';
import { XmlError } from './xml-error.ts';
import { XML_NAMESPACE, type XmlNode } from './xml-node.ts';
import { toBoolean, toNumber, toText, type XPathValue } from './xpath-value.ts';

/** Where a function is called. */
export interface CallContext {
  readonly node: XmlNode;
  readonly position: number;
  readonly size: number;
  readonly spend: (steps: number) => void;
}

type XPathFunction = (values: readonly XPathValue[], context: CallContext) => XPathValue;

const MANY = Number.POSITIVE_INFINITY;

const FUNCTIONS: ReadonlyMap<string, readonly [least: number, most: number, call: XPathFunction]> = new Map<
  string,
  readonly [number, number, XPathFunction]
>([
  ['last', [0, 0, (_, { size }) => size]],
  ['position', [0, 0, (_, { position }) => position]],
  ['count', [1, 1, ([nodes]) => nodeSet(nodes).length]],
  // Without a DTD nothing is an ID.
  ['id', [1, 1, () => []]],
  ['local-name', [0, 1, (values, context) => nameOf(values, context, (node) => node.localName)]],
  ['name', [0, 1, (values, context) => nameOf(values, context, (node) => node.name)]],
  ['namespace-uri', [0, 1, (values, context) => nameOf(values, context, (node) => node.namespace)]],
  ['string', [0, 1, (values, context) => text(values, 0, context)]],
  ['concat', [2, MANY, (values, context) => values.map((_, index) => text(values, index, context)).join('')]],
  ['starts-with', [2, 2, (values, context) => text(values, 0, context).startsWith(text(values, 1, context))]],
  ['contains', [2, 2, (values, context) => includesText(text(values, 0, context), text(values, 1, context))]],
  ['substring-before', [2, 2, (values, context) => around(values, context, (all, at) => all.slice(0, at))]],
  [
    'substring-after',
    [2, 2, (values, context) => around(values, context, (all, at, length) => all.slice(at + length))],
  ],
  ['substring', [2, 3, substring]],
  ['string-length', [0, 1, (values, context) => text(values, 0, context).length]],
  [
    'normalize-space',
    [
      0,
      1,
      (values, context) =>
        text(values, 0, context)
          .split(/[ \t\r\n]+/)
          .filter(Boolean)
          .join(' '),
    ],
  ],
  ['translate', [3, 3, translate]],
  ['boolean', [1, 1, ([value]) => toBoolean(value ?? [])]],
  ['not', [1, 1, ([value]) => !toBoolean(value ?? [])]],
  ['true', [0, 0, () => true]],
  ['false', [0, 0, () => false]],
  ['lang', [1, 1, (values, context) => isLanguage(text(values, 0, context), context)]],
  ['number', [0, 1, (values, context) => number(values, 0, context)]],
  ['sum', [1, 1, ([nodes], { spend }) => nodeSet(nodes).reduce((sum, node) => sum + toNumber([node], spend), 0)]],
  ['floor', [1, 1, (values, context) => Math.floor(number(values, 0, context))]],
  ['ceiling', [1, 1, (values, context) => Math.ceil(number(values, 0, context))]],
  ['round', [1, 1, (values, context) => Math.round(number(values, 0, context))]],
]);

export const FUNCTION_ARITY: ReadonlyMap<string, readonly [least: number, most: number]> = new Map(
  [...FUNCTIONS].map(([name, [least, most]]) => [name, [least, most]]),
);

export function callXPathFunction(name: string, values: readonly XPathValue[], context: CallContext): XPathValue {
  const definition = FUNCTIONS.get(name);
  if (definition === undefined) throw new XmlError(`there is no XPath function ${name}()`);
  context.spend(1);
  return definition[2](values, context);
}

/** An argument as text; without arguments, the context node. */
function text(values: readonly XPathValue[], index: number, { node, spend }: CallContext): string {
  const result = toText(values[index] ?? [node], spend);
  spend(result.length >> 4);
  return result;
}

function number(values: readonly XPathValue[], index: number, { node, spend }: CallContext): number {
  return toNumber(values[index] ?? [node], spend);
}

export function nodeSet(value: XPathValue | undefined): readonly XmlNode[] {
  if (typeof value === 'object') return value;
  throw new XmlError('an XPath function or step needs nodes');
}

function nameOf(values: readonly XPathValue[], { node }: CallContext, read: (node: XmlNode) => string): string {
  const first = values.length === 0 ? node : nodeSet(values[0])[0];
  return first === undefined ? '' : read(first);
}

function around(
  values: readonly XPathValue[],
  context: CallContext,
  cut: (all: string, at: number, length: number) => string,
): string {
  const all = text(values, 0, context);
  const part = text(values, 1, context);
  const at = findText(all, part);
  return at < 0 ? '' : cut(all, at, part.length);
}

/** Positions are rounded and count from 1. As in the original, an end before the start is an error. */
function substring(values: readonly XPathValue[], context: CallContext): string {
  const all = text(values, 0, context);
  if (all === '') return '';
  const from = number(values, 1, context);
  const start = Number.isNaN(from) ? -1_000_000 : Math.round(from);
  const begin = Math.min(all.length, start > 0 ? start - 1 : 0);
  if (values.length < 3) return all.slice(begin);
  const length = Math.round(number(values, 2, context));
  const end = Math.max(0, Math.min(all.length, (Number.isNaN(length) ? 0 : length) + start - 1));
  if (end < begin) throw new XmlError('substring() ends before it starts');
  return all.slice(begin, end);
}

function translate(values: readonly XPathValue[], context: CallContext): string {
  const all = text(values, 0, context);
  const from = text(values, 1, context);
  const to = text(values, 2, context);
  const changes = new Map<string, string>();
  for (let index = from.length - 1; index >= 0; index--) changes.set(from.charAt(index), to.charAt(index));
  return Array.from({ length: all.length }, (_, index) => {
    const char = all.charAt(index);
    return changes.get(char) ?? char;
  }).join('');
}

const isLang = (attribute: XmlNode) => attribute.namespace === XML_NAMESPACE && attribute.localName === 'lang';

/** `xml:lang` counts where namespaces are read only. */
function isLanguage(wanted: string, { node, spend }: CallContext): boolean {
  for (let at: XmlNode | null = node; at !== null; at = at.parent) {
    spend(1 + (at.attributes.length >> 3));
    const language = at.attributes.find(isLang)?.value.toLowerCase();
    if (language === undefined) continue;
    const prefix = wanted.toLowerCase();
    return language === prefix || language.startsWith(`${prefix}-`);
  }
  return false;
}
