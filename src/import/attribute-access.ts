/** Where an expression reads `#context.attributes` by a literal name. */
const ACCESS =
  /#context\s*\.\s*attributes\s*(?:\[\s*'((?:[^']|'')*)'\s*\]|\[\s*"((?:[^"]|"")*)"\s*\]|\.\s*([A-Za-z_]\w*)(?![\w(]|\s*\())/g;

const PREFIX = 'gravitee.attribute.';

/** Names are looked up as they are and then with the gateway's prefix: both mean the same attribute. */
export function attributeName(name: string): string {
  return name.startsWith(PREFIX) ? name.slice(PREFIX.length) : name;
}

export interface AttributeReads {
  readonly names: ReadonlySet<string>;
  /** Whether attributes are read by names that are not known here. */
  readonly hasOthers: boolean;
}

export function attributeReads(text: string): AttributeReads {
  const names = new Set<string>();
  const rest = text.replace(ACCESS, (_whole, ...groups: (string | undefined)[]) => {
    names.add(nameOf(groups));
    return '';
  });
  return { names, hasOthers: /#context\b/.test(rest) };
}

/** The text with each read replaced by what `replace` gives for its name; undefined leaves it. */
export function replaceReads(text: string, replace: (name: string) => string | undefined): string {
  return text.replace(ACCESS, (whole: string, ...groups: (string | undefined)[]) => replace(nameOf(groups)) ?? whole);
}

function nameOf([single, double, plain]: readonly (string | undefined)[]): string {
  return attributeName(single?.replaceAll("''", "'") ?? double?.replaceAll('""', '"') ?? plain ?? '');
}
