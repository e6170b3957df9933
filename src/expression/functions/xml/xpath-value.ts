import type { XmlNode } from './xml-node.ts';

/** A value of XPath 1.0; a list of nodes is in document order and has no node twice. */
export type XPathValue = string | number | boolean | readonly XmlNode[];

/** The text of a node: for elements and documents all text below it. */
export function nodeText(node: XmlNode, spend: (steps: number) => void): string {
  if (node.kind !== 'element' && node.kind !== 'document') return node.value;
  let text = '';
  const stack: XmlNode[] = [node];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    spend(1);
    if (next.kind === 'text') text += next.value;
    for (let index = next.children.length - 1; index >= 0; index--) {
      const child = next.children[index];
      if (child !== undefined && (child.kind === 'text' || child.kind === 'element')) stack.push(child);
    }
  }
  spend(text.length >> 4);
  return text;
}

export function toText(value: XPathValue, spend: (steps: number) => void): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return numberToText(value);
  if (typeof value === 'boolean') return String(value);
  const [first] = value;
  return first === undefined ? '' : nodeText(first, spend);
}

export function toNumber(value: XPathValue, spend: (steps: number) => void): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  const text = toText(value, spend);
  spend(text.length >> 8);
  return textToNumber(text);
}

export function toBoolean(value: XPathValue): boolean {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return value !== 0 && !Number.isNaN(value);
  return value.length > 0;
}

/** Digits, a point and a leading minus between blanks; anything else, exponents included, is NaN. */
function textToNumber(text: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the original trims every character up to the blank
  const match = /^[\x00-\x20]*(-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))[\x00-\x20]*$/.exec(text);
  return match?.[1] === undefined ? Number.NaN : Number(match[1]);
}

/** Never an exponent, and no point in whole numbers. */
function numberToText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  if (value === 0) return '0';
  const [mantissa = '', exponent = '0'] = Math.abs(value).toExponential().split('e');
  const digits = mantissa.replace('.', '');
  const point = Number(exponent) + 1;
  const sign = value < 0 ? '-' : '';
  if (point >= digits.length) return sign + digits + '0'.repeat(point - digits.length);
  if (point > 0) return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
  return `${sign}0.${'0'.repeat(-point)}${digits}`;
}
