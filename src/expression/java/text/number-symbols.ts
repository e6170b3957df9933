import { LRUCache } from 'lru-cache';

/** Separators and signs of a locale (java.text.DecimalFormatSymbols). */
export interface NumberSymbols {
  readonly decimal: string;
  readonly grouping: string;
  readonly minus: string;
  readonly percent: string;
  readonly perMille: string;
  readonly currency: string;
  readonly infinity: string;
  readonly nan: string;
}

const US: NumberSymbols = {
  decimal: '.',
  grouping: ',',
  minus: '-',
  percent: '%',
  perMille: '‰',
  currency: '$',
  infinity: '∞',
  nan: 'NaN',
};

/** Where a locale names a country, the money of that country; the rest is the currency sign. */
const CURRENCIES: Readonly<Record<string, string>> = {
  US: '$',
  GB: '£',
  JP: '￥',
  CA: '$',
  FR: '€',
  DE: '€',
  IT: '€',
  ES: '€',
  NL: '€',
  BE: '€',
  CN: '¥',
  KR: '₩',
  IN: '₹',
};

const cache = new LRUCache<string, NumberSymbols>({ max: 100 });

/** `locale` is a BCP 47 tag that Intl accepts. */
export function symbolsOf(locale: string): NumberSymbols {
  if (locale === 'en-US' || locale === 'und') return US;
  const known = cache.get(locale);
  if (known !== undefined) return known;
  const parts = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, useGrouping: true }).formatToParts(
    -1234567.5,
  );
  const text = (type: string, otherwise: string) => parts.find((part) => part.type === type)?.value ?? otherwise;
  const country = locale.split('-')[1] ?? '';
  const symbols: NumberSymbols = {
    ...US,
    decimal: text('decimal', '.'),
    grouping: text('group', ','),
    minus: text('minusSign', '-'),
    currency: Object.hasOwn(CURRENCIES, country) ? (CURRENCIES[country] ?? '¤') : '¤',
  };
  cache.set(locale, symbols);
  return symbols;
}
