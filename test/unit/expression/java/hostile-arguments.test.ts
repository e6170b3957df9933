import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  canConvert,
  convertTo,
  isSubtype,
  JavaException,
  type Signature,
  TYPES_BY_NAME,
  typeOf,
} from '../../../../src/expression/java/index.ts';
import { JavaArray, JavaByte, JavaChar, JavaShort, newList, newMap } from '../../../../src/expression/value.ts';
import { double, environment, float } from './java-calls.ts';

const SEED = 20_240_229;
const ROUNDS = 25;

/** A small generator, so that a failure can be repeated. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 0) / 2 ** 32;
  };
}

const INTS = [0, 1, -1, 2, 7, 31, 64, 1000, -1000, 2_147_483_647, -2_147_483_648, 2_000_000_000, 9999];
const DOUBLES = [0, -0, 1.5, -2.5, 1e308, -1e308, 5e-324, Number.NaN, Number.POSITIVE_INFINITY, 1e21, 12345.678];
const LONGS = [0n, 1n, -1n, 10n ** 18n, 9_223_372_036_854_775_807n, -9_223_372_036_854_775_808n, 86_400n];
const TEXTS = [
  '',
  ' ',
  'a',
  'abc,def',
  '1',
  '-1',
  '1e9999',
  '1E+2000000000',
  '0.1',
  'x'.repeat(5000),
  '%d %s %2000000000d',
  '%1$-,010.3f',
  '(a|a)*b',
  '[[a-z]&&[^b]]',
  '$1',
  '\\',
  "'",
  '{0}',
  '{0,choice,0#{0}}',
  '#,##0.00',
  'yyyy-MM-dd',
  "[[[['T'HH]]]]",
  '2024-02-29',
  'Europe/Paris',
  'UTF-8',
  'HALF_UP',
  '🚀\ud800',
  '\u0000',
  '9'.repeat(9000),
  'YWJj=',
  '%zz',
  '__proto__',
];

test('whatever the arguments a call ends soon with a value or a java exception', () => {
  const random = numbers(SEED);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  // Results become targets and arguments of later calls.
  const pool: unknown[] = [
    newList([]),
    newList([1, 'a', null]),
    newList(['b', 'a'], 'set'),
    newMap(new Map<unknown, unknown>([['a', 1]])),
    true,
    ...TEXTS,
    ...LONGS,
    ...INTS,
  ];
  const seen = new Map<string, number>();
  let slowest = { shape: '', millis: 0 };

  const argument = (type: string): unknown => {
    switch (type) {
      case 'int':
        return pick(INTS);
      case 'long':
        return pick(LONGS);
      case 'double':
        return double(pick(DOUBLES));
      case 'float':
        return float(pick(DOUBLES));
      case 'short':
        return new JavaShort(pick([0, -1, 32767]));
      case 'boolean':
        return random() < 0.5;
      case 'char':
        return new JavaChar(pick([0, 65, 0xd800]));
      case 'byte[]':
        return new JavaArray(
          'byte',
          pick([[], [0, -1, 127], Array.from({ length: 300 }, (_, at) => (at % 256) - 128)]),
        );
      case 'char[]':
        return new JavaArray('char', [new JavaChar(65), new JavaChar(0xdc00)]);
      case 'java.lang.String':
      case 'java.lang.CharSequence':
        return random() < 0.03 ? null : pick(TEXTS);
      case 'java.lang.Byte':
        return new JavaByte(1);
      default:
        break;
    }
    if (type.endsWith('[]'))
      return new JavaArray(type.slice(0, -2), type.includes('CharSequence') ? ['a', null] : [pick(pool), pick(pool)]);
    if (random() < 0.03) return null;
    const fitting = pool.filter((value) => value !== null && isSubtype(typeOf(value), type));
    if (fitting.length > 0) return pick(fitting);
    const constants = [...TYPES_BY_NAME.values()]
      .flatMap((each) => [...each.constants.values()])
      .filter((value) => value !== null && isSubtype(typeOf(value), type));
    if (constants.length > 0) return pick(constants);
    const source = TEXTS.find((value) => canConvert(value, type) && type !== 'java.util.Date');
    if (source === undefined) return undefined;
    try {
      return convertTo('Europe/Paris', type) ?? undefined;
    } catch {
      return undefined;
    }
  };

  const invoke = (signature: Signature, target: unknown, shape: string): void => {
    const args = signature.parameters.map(argument);
    if (args.includes(undefined)) return;
    const start = performance.now();
    try {
      const result = signature.invoke(target, args, environment);
      if (result !== null && typeof result === 'object' && pool.length < 400) pool.push(result);
      seen.set('value', (seen.get('value') ?? 0) + 1);
    } catch (error) {
      assert.ok(
        error instanceof JavaException,
        `${shape} of ${String(target)} with ${args.map(String)} (seed ${SEED}): ${error instanceof Error ? error.stack : error}`,
      );
      seen.set('exception', (seen.get('exception') ?? 0) + 1);
    }
    const millis = performance.now() - start;
    if (millis > slowest.millis) slowest = { shape, millis };
  };

  for (let round = 0; round < ROUNDS; round++) {
    for (const type of new Set(TYPES_BY_NAME.values())) {
      for (const signature of [...type.constructors, ...type.methods]) {
        const shape = `${type.name}.${signature.name}(${signature.parameters})`;
        const targets = signature.isStatic
          ? [null]
          : pool.filter((value) => value !== null && isSubtype(typeOf(value), type.name));
        if (targets.length > 0) invoke(signature, pick(targets), shape);
      }
    }
  }
  console.log(
    `seed ${SEED}: ${seen.get('value')} values, ${seen.get('exception')} exceptions, slowest ${slowest.shape} ${slowest.millis.toFixed(0)} ms`,
  );
  assert.ok((seen.get('value') ?? 0) > 10_000);
  assert.ok(slowest.millis < 2000, slowest.shape);
});
