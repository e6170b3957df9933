/** A part of one of Envoy's format strings: literal text, or a command such as `%REQ(x-user)%`. */
type FormatPart =
  | { readonly kind: 'text'; readonly text: string }
  /** `whole`: without `:LENGTH`, which cuts the value. */
  | { readonly kind: 'command'; readonly name: string; readonly args: string; readonly whole: boolean };

/** A literal percent sign is written twice; Envoy refuses to load a single one that does not begin a command. */
const PART = /%%|%(?:([A-Z0-9_]+)(?:\(([^)]*)\))?(?::(\d+))?%)?|[^%]+/g;

export function parseFormat(format: string): readonly FormatPart[] {
  return [...format.matchAll(PART)].map(([text, name, args, length]): FormatPart => {
    if (text === '%%') return { kind: 'text', text: '%' };
    if (!text.startsWith('%')) return { kind: 'text', text };
    return { kind: 'command', name: name ?? '', args: args ?? '', whole: length === undefined };
  });
}

/** The path in the route's metadata that a command reads, as `%METADATA(ROUTE:namespace:key)%`. */
export function routeMetadataPath(part: FormatPart): readonly string[] | undefined {
  if (part.kind !== 'command' || part.name !== 'METADATA' || !part.args.startsWith('ROUTE:')) return undefined;
  return part.args.split(':').slice(1);
}

/** Whether the result depends on anything but the route. */
export function dependsOnRequest(format: string): boolean {
  return parseFormat(format).some((part) => part.kind === 'command' && routeMetadataPath(part) === undefined);
}
