import { quote, quoteAll } from '../json-text.ts';

type Values = ReadonlyMap<string, readonly string[]>;

/** A JSON object: of each name the last value. */
export function lastOfQuery(query: Values): string {
  return object(query, (values) => quote(values.at(-1) ?? ''));
}

/** A JSON object: of each name an array with all values. */
export function allOfQuery(query: Values): string {
  return object(query, quoteAll);
}

/** A JSON object: of each name its values with a comma between them. */
export function joinedQuery(query: Values): string {
  return object(query, (values) => quote(values.join(',')));
}

function object(query: Values, jsonOf: (values: readonly string[]) => string): string {
  let json = '';
  for (const [name, values] of query) json += `${json === '' ? '{' : ','}${quote(name)}:${jsonOf(values)}`;
  return json === '' ? '{}' : `${json}}`;
}
