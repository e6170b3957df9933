/**
 * Double.toString and Float.toString: the shortest digits that read back as the same number, plain from 10^-3 up to
 * 10^7 and with an exponent outside.
 */

export function doubleToString(value: number): string {
  const special = specialText(value);
  if (special !== undefined) return special;
  const text = value.toExponential();
  // One digit is the shortest text, but Java looks for the nearest one of two digits then: 4.9E-324.
  return layOut(text.includes('.') ? text : value.toExponential(1));
}

export function floatToString(value: number): string {
  const special = specialText(value);
  if (special !== undefined) return special;
  for (let digits = 1; digits < 9; digits++) {
    const text = value.toExponential(digits);
    if (Math.fround(Number(text)) === value) return layOut(text);
  }
  return layOut(value.toExponential(9));
}

function specialText(value: number): string | undefined {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Number.POSITIVE_INFINITY) return 'Infinity';
  if (value === Number.NEGATIVE_INFINITY) return '-Infinity';
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  return undefined;
}

/** From JavaScript's `-d.ddde+n` to Java's layout. */
function layOut(exponential: string): string {
  const negative = exponential.startsWith('-') ? '-' : '';
  const [mantissa = '', power = '0'] = exponential.slice(negative.length).split('e');
  const exponent = Number(power);
  const digits = mantissa.replace('.', '').replace(/(?<=.)0+$/, '');
  if (exponent >= 7 || exponent < -3) return `${negative}${digits[0]}.${digits.slice(1) || '0'}E${exponent}`;
  if (exponent < 0) return `${negative}0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  return `${negative}${whole}.${digits.slice(exponent + 1) || '0'}`;
}
