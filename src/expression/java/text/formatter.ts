import type { JavaEnvironment } from '../descriptor.ts';
import { limitText } from '../limits.ts';
import { temporalOfMillis } from '../time/java-date.ts';
import type { FormatValue } from './format-argument.ts';
import { formatDate } from './format-date.ts';
import { formatBigDecimal, formatFloating, formatInteger } from './format-number.ts';
import { scanSpecifier } from './format-scan.ts';
import { formatException, Specifier } from './format-specifier.ts';

/** Writing a number or a date takes a few microseconds whatever it is. */
const STEPS_PER_SPECIFIER = 4;

/** String.format: java.util.Formatter with its flags, widths, precisions and errors. */
export function formatText(
  format: string,
  values: readonly FormatValue[],
  locale: string,
  meter: Pick<JavaEnvironment, 'step'>,
): string {
  let text = '';
  let ordinary = 0;
  let last = -1;
  for (let at = 0; at < format.length; ) {
    const next = format.indexOf('%', at);
    if (next < 0) return text + format.slice(at);
    text += format.slice(at, next);
    const written = scanSpecifier(format, next);
    if (written === undefined)
      throw formatException('UnknownFormatConversionException', `Conversion = '${format.charAt(next + 1) || '%'}'`);
    at = next + written.source.length;
    const spec = new Specifier(written, locale);
    limitText(Math.max(spec.width, spec.precision, text.length));
    meter.step(STEPS_PER_SPECIFIER + (Math.max(spec.width, spec.precision, 0) >> 6));
    if (spec.conversion === 'n') text += '\n';
    else if (spec.conversion === '%') text += spec.justify('%');
    else {
      last = spec.index === -1 ? last : spec.index === 0 ? ordinary++ : spec.index - 1;
      const value = values[last];
      if (value === undefined) throw spec.missing();
      meter.step(value.cost);
      const converted = convert(spec, value);
      text += spec.justify(spec.upper ? converted.toUpperCase() : converted);
    }
  }
  return text;
}

function convert(spec: Specifier, value: FormatValue): string {
  const { argument } = value;
  if (spec.conversion === 'b')
    return cut(spec, String(argument.kind === 'boolean' ? argument.value : argument.kind !== 'null'));
  if (spec.conversion === 's') {
    spec.refuse('#');
    return cut(spec, value.text());
  }
  if (argument.kind === 'null')
    return spec.precision >= 0 && /[ht]/.test(spec.conversion) ? 'null'.slice(0, spec.precision) : nullText(spec);
  if (spec.conversion === 'h') return cut(spec, (value.hash() >>> 0).toString(16));
  if (spec.conversion === 'c') return character(spec, value);
  if (spec.conversion === 't') return date(spec, value);
  if ('dox'.includes(spec.conversion)) {
    if (argument.kind !== 'integer') throw spec.mismatch(value.type);
    return formatInteger(spec, argument.value, argument.bits);
  }
  if (argument.kind === 'double') return formatFloating(spec, argument.value);
  if (argument.kind === 'decimal') return formatBigDecimal(spec, argument.value);
  throw spec.mismatch(value.type);
}

const cut = (spec: Specifier, text: string) => (spec.precision >= 0 ? text.slice(0, spec.precision) : text);

/** A number's precision cuts the word as it would a text. */
function nullText(spec: Specifier): string {
  return 'efga'.includes(spec.conversion) ? cut(spec, 'null') : 'null';
}

function character(spec: Specifier, { argument, type }: FormatValue): string {
  if (argument.kind === 'character') return String.fromCodePoint(argument.codePoint);
  if (argument.kind !== 'integer' || argument.bits === 64 || argument.bits === 0) throw spec.mismatch(type);
  const code = Number(argument.value);
  if (code < 0 || code > 0x10ffff)
    throw formatException('IllegalFormatCodePointException', `Code point = 0x${(code >>> 0).toString(16)}`);
  return String.fromCodePoint(code);
}

function date(spec: Specifier, { argument, type }: FormatValue): string {
  if (argument.kind === 'integer' && argument.bits === 64)
    return formatDate(spec.dateField, temporalOfMillis(argument.value), spec.locale);
  if (argument.kind === 'temporal') return formatDate(spec.dateField, argument.value, spec.locale);
  throw formatException('IllegalFormatConversionException', `${spec.dateField} != ${type}`);
}
