import { JavaException } from '../../java-exception.ts';
import { normalise, type Ranges } from './class.ts';

const CATEGORY = /^(?:C[cfnos]?|L[mlotu]?|M[cen]?|N[dlo]?|P[cdefios]?|S[ckmo]?|Z[lps]?)$/;
const known = new Map<string, Ranges>();
/** Names are those of Unicode's categories and scripts: more than that many are none. */
const MAX_KNOWN = 1000;

/**
 * The code points of properties in RE2's notation (`\p{Lu}`, `\P{Greek}`, several in a row).
 * @throws JavaException for a name that Unicode does not have
 */
export function propertyRanges(properties: string): Ranges {
  const ranges = known.get(properties);
  if (ranges !== undefined) return ranges;
  const made = normalise(scan(compile(properties)));
  if (known.size < MAX_KNOWN) known.set(properties, made);
  return made;
}

function compile(properties: string): RegExp {
  const text = properties.replace(/\{([^}]*)\}/g, (_, name: string) =>
    CATEGORY.test(name) ? `{${name}}` : `{Script=${name}}`,
  );
  try {
    return new RegExp(`[${text}]+`, 'gu');
  } catch {
    throw new JavaException('PatternSyntaxException', `Unknown character property ${properties.slice(0, 40)}`);
  }
}

/** Assigned characters are in these blocks; outside of them one represents its whole block. */
const BLOCKS: Ranges = [
  [0, 0xd7ff],
  [0xe000, 0x3ffff],
  [0xe0000, 0xeffff],
];
const UNIFORM: Ranges = [
  [0xd800, 0xdfff],
  [0x40000, 0xdffff],
  [0xf0000, 0xffffd],
  [0xffffe, 0xfffff],
  [0x100000, 0x10fffd],
  [0x10fffe, 0x10ffff],
];
const CHUNK = 0x1000;

function scan(property: RegExp): (readonly [number, number])[] {
  const found: (readonly [number, number])[] = [];
  for (const [from, to] of BLOCKS) {
    for (let start = from; start <= to; start += CHUNK) {
      const end = Math.min(to, start + CHUNK - 1);
      const text = String.fromCodePoint(...Array.from({ length: end - start + 1 }, (_, index) => start + index));
      const units = text.length / (end - start + 1);
      for (const match of text.matchAll(property)) {
        const first = start + match.index / units;
        found.push([first, first + match[0].length / units - 1]);
      }
    }
  }
  for (const range of UNIFORM) if (String.fromCodePoint(range[0]).search(property) === 0) found.push(range);
  return found;
}
