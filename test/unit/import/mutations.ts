import fc from 'fast-check';
import { v2, v2Management } from './fields/v2.ts';
import { automation, v4Export, v4Resource } from './fields/v4.ts';

/** Values that a field of a definition should not have, and some that it may. */
const oddValues: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    ...[
      '',
      ' ',
      '%',
      '%%',
      '{#',
      '{',
      '}',
      "'",
      '"',
      '\n',
      '\u0000',
      '#x',
      ': -',
      '*',
      '/',
      '//',
      '?a#b',
      '/a b/',
      '[',
      '(?=a)',
    ],
    ...[
      '{#request.method}',
      '{#secrets.get("x")}',
      '[[ secret `a/b` ]]',
      'http://',
      'https://[::1]:99999',
      'a'.repeat(5000),
    ],
    ...[
      'true',
      'off',
      '12',
      '1e9',
      'HTTP_2',
      'GET',
      '*.example.com',
      'a:b:c',
      '😀',
      '\ud800',
      'best-match',
      'http://h.example/%7B?q=1',
    ],
    ...[0, -1, 1.5, 1e21, 2 ** 31, true, false, null],
    ...[[], {}, [[]], [null], [1, 'a'], { a: null }, { constructor: 1 }, { length: 3 }],
  ),
  fc.string(),
  fc.integer(),
);

/** A definition with every field, in which some have other values and some are gone. */
export const mutated: fc.Arbitrary<unknown> = fc
  .tuple(
    fc.constantFrom<unknown>(v2, v2Management, v4Export, v4Resource, automation),
    fc.array(fc.tuple(fc.nat({ max: 2000 }), fc.option(oddValues, { nil: undefined })), {
      minLength: 1,
      maxLength: 12,
    }),
    fc.boolean(),
  )
  .map(([base, changes, isOpen]) => {
    const copy = structuredClone(base);
    if (isOpen) open(copy);
    for (const [index, value] of changes) {
      const places = placesOf(copy);
      const place = places[index % places.length];
      if (place === undefined) continue;
      if (value === undefined) delete place.container[place.key];
      else place.container[place.key] = value;
    }
    return copy;
  });

/** What is disabled or closed in the samples would hide what is in it. */
function open(value: unknown): void {
  for (const { container, key } of placesOf(value)) {
    if (key === 'enabled') container[key] = true;
    else if (key === 'policy') container[key] = 'aws-lambda';
    else if (key === 'state' || key === 'status' || key === 'sharedPolicyGroupRef') delete container[key];
  }
}

interface Place {
  readonly container: Record<string, unknown>;
  readonly key: string;
}

function placesOf(root: unknown): readonly Place[] {
  if (typeof root !== 'object' || root === null) return [];
  const container = root as Record<string, unknown>;
  return Object.keys(container).flatMap((key) => [{ container, key }, ...placesOf(container[key])]);
}
