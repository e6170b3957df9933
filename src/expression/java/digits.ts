/** Character.digit: the decimal digits of every script, and Latin letters (full width too). */
export function digitValue(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code >= 48 && code <= 57) return code - 48;
  const letter = code >= 0xff21 && code <= 0xff5a ? String.fromCharCode(code - 0xfee0) : character;
  if (/^[a-z]$/i.test(letter) && letter.length === 1) return (letter.toLowerCase().codePointAt(0) ?? 0) - 87;
  if (!/^\p{Nd}$/u.test(character)) return 99;
  // Each script's digits are ten consecutive code points; they start after a code point that is not a digit.
  let zero = code;
  while (code - zero < 9 && /^\p{Nd}$/u.test(String.fromCodePoint(zero - 1))) zero--;
  return code - zero;
}

/** Decimal digits of any script as ASCII; everything else stays. */
export function toAsciiDigits(text: string): string {
  return text.replace(/\p{Nd}/gu, (digit) => (digit.length === 1 && digit < ':' ? digit : String(digitValue(digit))));
}

/** How many zeros a text ends with. A loop, since the pattern for it would look at inner zeros again and again. */
export function trailingZeroCount(text: string): number {
  let count = 0;
  while (text.charCodeAt(text.length - 1 - count) === 48) count++;
  return count;
}

export const withoutTrailingZeros = (text: string) => text.slice(0, text.length - trailingZeroCount(text));
