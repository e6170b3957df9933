/** What to write instead if a value has the wrong type, often because of how YAML reads it; '' if there is no hint. */
export function kindRemedy(expected: string, value: unknown, field: string | number | undefined): string {
  switch (expected) {
    case 'string':
      return textRemedy(value);
    case 'array':
      if (typeof value === 'object') return value === null ? '' : ': begin each item with "- "';
      return ': write a list, such as [a, b] or with "- " before each item';
    case 'object':
    case 'record':
      if (value === null) return ': write its fields under it, or remove it';
      if (Array.isArray(value)) return ': its fields have no "- " before them';
      return typeof value === 'string' ? ': write `name: value`, with a blank after the colon' : '';
    case 'boolean':
      return typeof value === 'string' ? flagRemedy(value) : '';
    case 'int':
    case 'number':
      return typeof value === 'string' ? numberRemedy(value, String(field ?? '')) : '';
    default:
      return '';
  }
}

function textRemedy(value: unknown): string {
  if (Array.isArray(value)) return ': one text only; a text that begins with [ must be in quotes';
  if (typeof value === 'object') return value === null ? '' : ': a text with { or a colon in it must be in quotes';
  return ', put it in quotes';
}

function flagRemedy(value: string): string {
  if (/^(?:yes|y|on|true|1)$/i.test(value)) return ': write true, without quotes';
  return /^(?:no|n|off|false|0)$/i.test(value) ? ': write false, without quotes' : '';
}

function numberRemedy(value: string, field: string): string {
  if (/^[-+]?\d+(?:\.\d+)?$/.test(value)) return ': write it without quotes';
  if (!/^[-+]?[\d_.,]+\s*[A-Za-z]*$/.test(value)) return '';
  const unit = UNITS.find(([pattern]) => pattern.test(field))?.[1];
  return unit === undefined ? ': write digits only' : `: write digits only, they are ${unit}`;
}

const UNITS: readonly (readonly [field: RegExp, unit: string])[] = [
  [/Ms$/, 'milliseconds'],
  [/Seconds$/, 'seconds'],
  [/Bytes$/, 'bytes'],
];

/** A hint from an unknown field's name; undefined if there is none. */
export function nameRemedy(key: string): string | undefined {
  if (/^-+\S/.test(key)) return ': write "- " with a blank after the dash';
  if (key === '<<') return ': merge keys are not supported; put settings for all steps into `defaults`';
  if (/^timeout(?:_?ms|_?seconds)?$/i.test(key)) {
    return ': a call has connectionTimeoutMs, readTimeoutMs, apiCallAttemptTimeoutMs and apiCallTimeoutMs, in milliseconds';
  }
  return /\w:\S/.test(key) ? ': write a blank after the colon' : undefined;
}
