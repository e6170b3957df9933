// Lines are written in one pass: held here against pino's own way to write a redacted copy of the same fields.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pino } from 'pino';
import { createLogger } from '../../../src/observability/index.ts';
import { kindOf, redactValue } from '../../../src/observability/redaction.ts';
import { seededRandom } from '../../support/seeded-random.ts';

type Fields = Record<string, unknown>;

const PIECES = [
  ...['order-enrich', '$LATEST', '6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'us-east-1', 'a/b.c@d+e', '', ' ', ':', '='],
  ...[
    '"',
    '\\',
    "'",
    '\n',
    '\r\n',
    '\t',
    '\0',
    '\u001b[31m',
    '\u007f',
    '\u0085',
    '\u2028',
    '\u202e',
    '\u2067',
    'ü',
    '😀',
  ],
  ...['\ud800', '\udc00', 'password=S3CR3T', 'bearer S3CR3T', '"token":"S3CR3T"', 'Signature=S3CR3T', '://u:S3CR3T@h'],
  ...['x-amz-security-token: S3CR3T', 'authorization: Basic S3CR3T', '{"sessionToken":"S3CR3T"}', 'x'.repeat(8_190)],
];
const NAMES = ['requestId', 'traceId', 'api', 'function', 'reason', 'durationMs', 'ran', 'credentialsState'];
const HIDDEN = ['sessionToken', 'authorization', 'payload', 'body', 'x-amz-security-token'];
const ODD = ['a"b', 'a\u2028b', 'constructor', 'toString', 'err', ''];

class Values {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #pick<T>(list: readonly T[]): T | undefined {
    return list[this.#below(list.length)];
  }

  fields(depth = 0): Fields {
    const names = [...NAMES, ...HIDDEN, ...ODD];
    const entries = Array.from({ length: this.#below(10) }, () => [this.#pick(names), this.#value(depth)]);
    return Object.fromEntries(entries) as Fields;
  }

  text(): string {
    return Array.from({ length: this.#below(5) }, () => this.#pick(PIECES)).join('');
  }

  #value(depth: number): unknown {
    const simple = [
      ...[undefined, null, true, false, 0, -0, 1.5, 1e21, Number.NaN, Number.POSITIVE_INFINITY, 2n ** 70n],
      ...[() => 1, Symbol('s'), new Date(0), new Date(Number.NaN), new Uint8Array(3)],
    ];
    const kind = this.#below(10);
    if (kind < 5) return this.text();
    if (kind < 8) return this.#pick(simple);
    if (kind === 8) return Object.assign(new Error(this.text()), { code: 'E', request: { password: 'S3CR3T' } });
    if (this.#below(2) === 0) return Array.from({ length: this.#below(4) }, () => this.#value(depth + 1));
    return depth > 5 ? {} : this.fields(depth + 1);
  }
}

function capture(level: 'info' | 'debug') {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const logger = createLogger({ level, destination, bindings: { worker: 1, place: 'a\u2028"b' } });
  return { logger, last: () => lines.at(-1) ?? '' };
}

/** The same line by a copy of the fields. */
function model(level: 'info' | 'debug') {
  const lines: string[] = [];
  const withPayloads = level === 'debug';
  const { logger: ours, last } = capture(level);
  const logger = pino(
    {
      level,
      base: { worker: 1, place: 'a\u2028"b' },
      formatters: {
        level: (label) => ({ level: label }),
        log(fields) {
          const shown = Object.entries(fields).map(([name, value]) => {
            const kind = kindOf(name);
            const hidden = kind === 'secret' || (kind === 'payload' && !withPayloads);
            if (value === undefined) return [name, undefined];
            return [name, hidden ? '[redacted]' : redactValue(value, withPayloads)];
          });
          return Object.fromEntries(shown) as Fields;
        },
      },
      serializers: {
        // What an error is shown as is tested where it is made.
        err(error: unknown) {
          ours.info({ err: error });
          return (JSON.parse(last()) as Fields).err;
        },
      },
    },
    { write: (line: string) => void lines.push(line) },
  );
  return { logger, last: () => lines.at(-1) ?? '' };
}

for (const level of ['info', 'debug'] as const) {
  test(`a line has the fields and values of a redacted copy, whatever they are (${level})`, (t) => {
    const seed = Number(process.env.SEED ?? 26);
    t.diagnostic(`seed ${seed}`);
    const values = new Values(seed);
    const written = capture(level);
    const expected = model(level);
    for (let i = 0; i < 1_500; i++) {
      const fields = values.fields();
      if (!(fields.err instanceof Error)) fields.err = undefined;
      const message = i % 10 === 0 ? undefined : values.text();
      written.logger.info(fields, message);
      expected.logger.info(fields, message);
      const line = written.last();
      const { time: _ours, ...ours } = JSON.parse(line) as Fields;
      const { time: _theirs, ...theirs } = JSON.parse(expected.last()) as Fields;
      assert.deepEqual(Object.keys(ours), Object.keys(theirs));
      for (const name of Object.keys(theirs)) {
        const [value, wanted] = [JSON.stringify(ours[name]), JSON.stringify(theirs[name])];
        assert.ok(value === wanted, `${name} of line ${i}: ${value?.slice(0, 500)} for ${wanted?.slice(0, 500)}`);
      }
      // biome-ignore lint/suspicious/noControlCharactersInRegex: a line must not have any of them.
      assert.doesNotMatch(line, /[\0-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]|\n./);
      // A message comes from code, and is written as it is.
      assert.doesNotMatch(JSON.stringify({ ...ours, msg: undefined }), /password=S3CR3T|:S3CR3T@|"sessionToken":"S/);
    }
  });
}

test('the time of a line is the time at which it is written, in milliseconds', (t) => {
  const { logger, last } = capture('info');
  for (const time of [0, 999, 1_000, 1_764_273_661_007, 1_764_273_661_070, 1_764_273_660_999, 253_402_300_799_999]) {
    t.mock.timers.enable({ apis: ['Date'], now: time });
    logger.info('x');
    t.mock.timers.reset();
    assert.equal((JSON.parse(last()) as Fields).time, new Date(time).toISOString());
  }
});

test('children have their own fields before those of a line', () => {
  const { logger, last } = capture('info');
  logger.child({ component: 'grpc\u2028js' }).warn({ reason: 'password=S3CR3T' }, 'x');
  const { time: _time, ...line } = JSON.parse(last()) as Fields;
  const bindings = { worker: 1, place: 'a\u2028"b', component: 'grpc\u2028js' };
  assert.deepEqual(line, { level: 'warn', ...bindings, reason: 'password=[redacted]', msg: 'x' });
  assert.ok(!last().includes('\u2028'));
});
