import { quote } from '../json-text.ts';

/** `pathParameters` as JSON; undefined: there are none. `shown`: converts a value as it was sent. */
export function pathParameters(
  values: ReadonlyMap<string, string> | undefined,
  shown: (value: string) => string,
): string | undefined {
  if (values === undefined || values.size === 0) return undefined;
  let json = '';
  for (const [name, value] of values) json += `${json === '' ? '{' : ','}${quote(name)}:${quote(shown(value))}`;
  return `${json}}`;
}
