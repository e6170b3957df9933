import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, constant, double, fails, float, make, on, text } from './java-calls.ts';

test('doubles print their shortest digits and an exponent outside 10e-3 to 10e7', () => {
  const texts = [
    0,
    -0,
    1.5,
    100,
    9_999_999,
    1e7,
    1e-3,
    1e-4,
    123456789.123,
    Number.MIN_VALUE,
    1e21,
    Number.NaN,
    -1 / 0,
  ].map((value) => text(double(value)));
  assert.deepEqual(texts, [
    '0.0',
    '-0.0',
    '1.5',
    '100.0',
    '9999999.0',
    '1.0E7',
    '0.001',
    '1.0E-4',
    '1.23456789123E8',
    '4.9E-324',
    '1.0E21',
    'NaN',
    '-Infinity',
  ]);
  assert.deepEqual(
    [0.1, 16777216, 3.4028234663852886e38].map((value) => text(float(value))),
    ['0.1', '1.6777216E7', '3.4028235E38'],
  );
});

test('a text becomes a float with one rounding', () => {
  // By way of a double it would be 16777216.
  assert.equal(text(call('Float', 'parseFloat(String)', '16777217.0000000000001')), '1.6777218E7');
  assert.equal(text(call('Double', 'parseDouble(String)', ' 0x1.8p1 ')), '3.0');
  assert.equal(text(call('Double', 'parseDouble(String)', '1e3f')), '1000.0');
  for (const bad of ['', '1,5', 'abc', '0x1', '1e'])
    fails(() => call('Double', 'parseDouble(String)', bad), 'NumberFormatException');
});

test('whole numbers are parsed within their range in any radix', () => {
  assert.equal(call('Integer', 'parseInt(String)', '+7'), 7);
  assert.equal(call('Integer', 'parseInt(String,int)', '-ff', 16), -255);
  assert.equal(call('Integer', 'parseInt(String)', '٣'), 3);
  assert.equal(call('Long', 'parseLong(String)', '9007199254740993'), 9007199254740993n);
  assert.equal(call('Integer', 'decode(String)', '-0x10'), -16);
  for (const bad of [' 7', '7 ', '', '-', '7.5', '2147483648', '1_000'])
    fails(() => call('Integer', 'parseInt(String)', bad), 'NumberFormatException');
});

test('bits of negative numbers are those of two s complement', () => {
  assert.equal(call('Integer', 'toHexString(int)', -1), 'ffffffff');
  assert.equal(call('Long', 'toBinaryString(long)', -1n), '1'.repeat(64));
  assert.equal(call('Integer', 'bitCount(int)', -1), 32);
  assert.equal(call('Integer', 'reverse(int)', 1), -2147483648);
  assert.equal(call('Long', 'rotateLeft(long,int)', -9223372036854775808n, 1), 1n);
  assert.equal(call('Integer', 'compareUnsigned(int,int)', -1, 1), 1);
});

test('conversions to narrower numbers wrap or clamp', () => {
  assert.equal(on(double(1e10), 'intValue()'), 2147483647);
  assert.equal(on(double(Number.NaN), 'longValue()'), 0n);
  assert.equal(on(4294967297n, 'intValue()'), 1);
  assert.equal(text(on(300, 'byteValue()')), '44');
  assert.equal(text(on(9007199254740993n, 'floatValue()')), '9.007199E15');
});

test('exact arithmetic refuses to overflow and floor division rounds down', () => {
  fails(() => call('Math', 'addExact(int,int)', 2147483647, 1), 'ArithmeticException');
  fails(() => call('Math', 'multiplyExact(long,long)', 9223372036854775807n, 2n), 'ArithmeticException');
  fails(() => call('Math', 'floorMod(int,int)', 1, 0), 'ArithmeticException');
  assert.equal(call('Math', 'floorMod(int,int)', -7, 3), 2);
  assert.equal(call('Math', 'floorDiv(int,int)', -7, 3), -3);
  assert.equal(call('Math', 'abs(int)', -2147483648), -2147483648);
  assert.equal(call('Math', 'multiplyHigh(long,long)', 9223372036854775807n, 4n), 1n);
});

test('rounding goes up at a half and rint to even', () => {
  assert.equal(call('Math', 'round(double)', double(2.5)), 3n);
  assert.equal(call('Math', 'round(double)', double(-2.5)), -2n);
  assert.equal(call('Math', 'round(double)', double(0.49999999999999994)), 0n);
  assert.equal(call('Math', 'round(float)', float(1e20)), 2147483647);
  assert.equal(text(call('Math', 'rint(double)', double(2.5))), '2.0');
  assert.equal(text(call('Math', 'rint(double)', double(-0.5))), '-0.0');
  assert.equal(text(call('Math', 'IEEEremainder(double,double)', double(5), double(3))), '-1.0');
  assert.equal(text(call('Math', 'nextUp(double)', double(1))), '1.0000000000000002');
  assert.equal(text(call('Math', 'random()')), '0.5');
});

const decimal = (digits: string) => make('java.math.BigDecimal', '(String)', digits);
const halfUp = constant('java.math.RoundingMode', 'HALF_UP');

test('decimals keep their scale and print an exponent only when java does', () => {
  assert.deepEqual(
    ['7.10', '1E+3', '0.0000001', '0.000001', '-0.00', '12E3'].map((digits) => text(decimal(digits))),
    ['7.10', '1E+3', '1E-7', '0.000001', '0.00', '1.2E+4'],
  );
  assert.equal(text(on(decimal('1E+3'), 'toPlainString()')), '1000');
  assert.equal(text(on(decimal('12345E+3'), 'toEngineeringString()')), '12.345E+6');
  assert.equal(
    text(make('java.math.BigDecimal', '(double)', double(0.1))),
    '0.1000000000000000055511151231257827021181583404541015625',
  );
  assert.equal(text(call('java.math.BigDecimal', 'valueOf(double)', double(0.1))), '0.1');
});

test('decimal arithmetic follows the scale rules', () => {
  assert.equal(text(on(decimal('1.10'), 'add(BigDecimal)', decimal('2.5'))), '3.60');
  assert.equal(text(on(decimal('1.5'), 'multiply(BigDecimal)', decimal('2.00'))), '3.000');
  assert.equal(text(on(decimal('1'), 'divide(BigDecimal)', decimal('8'))), '0.125');
  assert.equal(text(on(decimal('100'), 'divide(BigDecimal)', decimal('4.0'))), '25');
  fails(() => on(decimal('1'), 'divide(BigDecimal)', decimal('3')), 'ArithmeticException');
  assert.equal(text(on(decimal('1'), 'divide(BigDecimal,int,RoundingMode)', decimal('3'), 4, halfUp)), '0.3333');
  assert.equal(text(on(decimal('2.345'), 'setScale(int,RoundingMode)', 2, halfUp)), '2.35');
  fails(() => on(decimal('2.345'), 'setScale(int)', 2), 'ArithmeticException');
  assert.equal(text(on(decimal('100'), 'stripTrailingZeros()')), '1E+2');
  assert.equal(text(on(decimal('2'), 'sqrt(MathContext)', constant('java.math.MathContext', 'DECIMAL32'))), '1.414214');
  assert.equal(text(on(decimal('-7.5'), 'remainder(BigDecimal)', decimal('2'))), '-1.5');
});

test('decimals are equal only with the same scale but compare by value', () => {
  assert.equal(on(decimal('1.0'), 'equals(Object)', decimal('1.00')), false);
  assert.equal(on(decimal('1.0'), 'compareTo(BigDecimal)', decimal('1.00')), 0);
  assert.equal(on(decimal('1.50'), 'hashCode()'), 4652);
});

test('numbers with too many digits are refused instead of computed', () => {
  fails(() => on(decimal('9'), 'pow(int)', 999_999_999), 'ArithmeticException');
  fails(() => on(decimal('1E+2000000000'), 'add(BigDecimal)', decimal('1')), 'ArithmeticException');
  fails(() => on(decimal('1E+2000000000'), 'toPlainString()'), 'OutOfMemoryError');
  fails(() => on(decimal('1'), 'setScale(int)', 2_000_000_000), 'ArithmeticException');
  assert.equal(on(decimal('1E+2000000000'), 'compareTo(BigDecimal)', decimal('1')), 1);
  assert.equal(on(decimal('1E+2000000000'), 'longValue()'), 0n);
});
