import { JavaBigDecimal, JavaBigInteger } from '../big-decimal.ts';
import { JavaByte, JavaChar, JavaDouble, JavaFloat, JavaShort } from '../boxes.ts';
import { javaHash } from '../equality.ts';
import { javaText } from '../object.ts';
import { JavaCalendar } from '../time/calendar.ts';
import { JavaDate, JavaInstant, temporalOfMillis } from '../time/java-date.ts';
import { temporalOf } from '../time/temporal-of.ts';
import type { FormatArgument, FormatValue } from './format-argument.ts';

/** A value of the language as an argument of String.format. */
export function formatValue(value: unknown): FormatValue {
  const [argument, type] = classify(value);
  let text: string | undefined;
  let hash: number | undefined;
  return {
    argument,
    type,
    cost: costOf(argument),
    // A format may name one argument many times.
    text: () => {
      text ??= javaText(value);
      return text;
    },
    hash: () => {
      hash ??= javaHash(value);
      return hash;
    },
  };
}

/** Steps for writing a number once: the digits of a large one are made anew each time. */
function costOf(argument: FormatArgument): number {
  if (argument.kind === 'decimal') return 1 + (argument.value.unscaled.toString(16).length >> 4);
  return argument.kind === 'integer' && argument.bits === 0 ? 1 + (argument.value.toString(16).length >> 4) : 1;
}

function classify(value: unknown): [FormatArgument, string] {
  switch (typeof value) {
    case 'number':
      return [{ kind: 'integer', value: BigInt(value), bits: 32 }, 'java.lang.Integer'];
    case 'bigint':
      return [{ kind: 'integer', value, bits: 64 }, 'java.lang.Long'];
    case 'boolean':
      return [{ kind: 'boolean', value }, 'java.lang.Boolean'];
    case 'string':
      return [{ kind: 'other' }, 'java.lang.String'];
    default:
      return typeof value === 'object' && value !== null ? classifyObject(value) : [{ kind: 'null' }, 'null'];
  }
}

function classifyObject(value: object): [FormatArgument, string] {
  if (value instanceof JavaDouble) return [{ kind: 'double', value: value.value }, 'java.lang.Double'];
  if (value instanceof JavaFloat) return [{ kind: 'double', value: value.value }, 'java.lang.Float'];
  if (value instanceof JavaBigDecimal) return [{ kind: 'decimal', value }, 'java.math.BigDecimal'];
  if (value instanceof JavaBigInteger)
    return [{ kind: 'integer', value: value.value, bits: 0 }, 'java.math.BigInteger'];
  if (value instanceof JavaShort) return [{ kind: 'integer', value: BigInt(value.value), bits: 16 }, 'java.lang.Short'];
  if (value instanceof JavaByte) return [{ kind: 'integer', value: BigInt(value.value), bits: 8 }, 'java.lang.Byte'];
  if (value instanceof JavaChar) return [{ kind: 'character', codePoint: value.code }, 'java.lang.Character'];
  if (value instanceof JavaDate) return [{ kind: 'temporal', value: temporalOfMillis(value.time) }, 'java.util.Date'];
  if (value instanceof JavaCalendar)
    return [{ kind: 'temporal', value: temporalOfMillis(value.time, value.zone) }, 'java.util.GregorianCalendar'];
  if (value instanceof JavaInstant) return [{ kind: 'other' }, 'java.time.Instant'];
  const temporal = temporalOf(value);
  return temporal === undefined
    ? [{ kind: 'other' }, 'the class of the argument']
    : [{ kind: 'temporal', value: temporal }, 'java.time'];
}
