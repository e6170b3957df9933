/** RFC 8259, 6. */
const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/**
 * A number of a document as JSON, with the digits as written (`1.10`, `12345678901234567890`); forms that only YAML has (`+5`, `.5`,
 * `007`, `0x1F`) are converted. Undefined for `.inf` and `.nan`.
 */
export function jsonNumber(value: number, written: string): string | undefined {
  if (JSON_NUMBER.test(written)) return written;
  const decimal = inDecimals(written);
  // Versions of YAML read some of these forms differently: use the value that the parser read.
  if (JSON_NUMBER.test(decimal) && Number(decimal) === value) return decimal;
  return Number.isFinite(value) ? String(value) : undefined;
}

function inDecimals(written: string): string {
  if (/^0[ox][0-9a-f]+$/i.test(written)) return BigInt(written).toString();
  const [, sign = '', whole = '', fraction = '', exponent = ''] =
    /^([-+]?)(\d*)(?:\.(\d*))?([eE].*)?$/.exec(written) ?? [];
  const digits = whole.replace(/^0+(?=\d)/, '') || '0';
  return `${sign === '-' ? '-' : ''}${digits}${fraction === '' ? '' : `.${fraction}`}${exponent}`;
}
