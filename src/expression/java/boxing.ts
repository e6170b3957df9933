import { JavaArray, JavaByte, JavaChar, JavaDouble, JavaFloat, JavaShort } from './boxes.ts';

/**
 * Handlers work on plain JavaScript numbers, bigints and arrays; values of the language carry their Java type. Between
 * them: arguments by the type of the parameter, results by the type that the table names.
 */
export function unboxArgument(value: unknown, parameter: string): unknown {
  if (value instanceof JavaArray && parameter.endsWith('[]')) {
    if (parameter === 'byte[]') return value.items.map((item) => (item instanceof JavaByte ? item.value : item));
    return parameter === 'char[]' ? value.items.map((item) => (item instanceof JavaChar ? item.code : 0)) : value.items;
  }
  switch (parameter) {
    case 'double':
    case 'float':
    case 'short':
    case 'byte':
    case 'java.lang.Double':
    case 'java.lang.Float':
    case 'java.lang.Short':
      return value instanceof JavaDouble ||
        value instanceof JavaFloat ||
        value instanceof JavaShort ||
        value instanceof JavaByte
        ? value.value
        : value;
    case 'char':
      return value instanceof JavaChar ? value.code : value;
    default:
      return value;
  }
}

export function boxResult(value: unknown, type: string): unknown {
  if (value === null || value === undefined) return null;
  switch (type) {
    case 'double':
      return new JavaDouble(value as number);
    case 'float':
      return new JavaFloat(Math.fround(value as number));
    case 'short':
      return new JavaShort(((value as number) << 16) >> 16);
    case 'byte':
      return new JavaByte(((value as number) << 24) >> 24);
    case 'char':
      return new JavaChar(value as number);
    case 'char[]':
      return new JavaArray(
        'char',
        (value as number[]).map((code) => new JavaChar(code)),
      );
    case 'void':
      return null;
    default:
      return type.endsWith('[]') ? new JavaArray(type.slice(0, -2), value as unknown[]) : value;
  }
}
