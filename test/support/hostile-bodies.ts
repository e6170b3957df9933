import { seededRandom } from './seeded-random.ts';

/** What a caller sends, as the expressions of a body see it. */
export interface CallersData {
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly content: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** An object body of a policy, what a caller sends to it, and the value that its JSON has to have. */
export interface HostileBody {
  /** As in policies.json. */
  readonly body: object;
  readonly data: CallersData;
  readonly expected: unknown;
  /** What was in the leaves, for the report of a run: a kind of leaf and a kind of text. */
  readonly classes: readonly string[];
}

type Kind = readonly [name: string, make: (int: (limit: number) => number) => string];

const units =
  (from: number, to: number): Kind[1] =>
  (int) =>
    String.fromCharCode(from + int(to - from + 1));
const one =
  (...texts: readonly string[]): Kind[1] =>
  (int) =>
    texts[int(texts.length)] ?? '';

const KINDS: readonly Kind[] = [
  ['letters', one('a', 'Z', 'ada', '0', ' ', 'é', '值')],
  ['quotes', one('"', "'", '""', '","x":"', '"}', '"],')],
  ['backslashes', one('\\', '\\\\', '\\"', '\\u0000', '\\n')],
  ['controls', units(0x00, 0x1f)],
  ['delete and C1 controls', units(0x7f, 0x9f)],
  ['high surrogates', units(0xd800, 0xdbff)],
  ['low surrogates', units(0xdc00, 0xdfff)],
  ['pairs', one('😀', '𝕏', '\u{10ffff}')],
  ['line separators', one('\u2028', '\u2029', '\ufeff', '\uffff')],
  ['JSON', one('{', '}', '[', ']', ':', ',', 'null', 'true', '1e3')],
  ['expressions', one('{#request.content}', '{#', '{(1)}', '{T(String)}', '{{', '${')],
  ['names', one('__proto__', 'constructor', 'toString')],
];

/** Endless bodies: the same seed gives the same ones. */
export function* hostileBodies(seed: number): Generator<HostileBody, never> {
  const random = seededRandom(seed);
  const int = (limit: number): number => Math.floor(random() * limit);
  for (;;) yield new BodyMaker(int).make();
}

/** Endless texts of the same kinds. */
export function* hostileTexts(seed: number): Generator<string, never> {
  const random = seededRandom(seed);
  const maker = new BodyMaker((limit) => Math.floor(random() * limit));
  for (;;) yield maker.text();
}

class BodyMaker {
  readonly #int: (limit: number) => number;
  readonly #headers: Record<string, string> = {};
  readonly #content: Record<string, unknown> = {};
  readonly #attributes: Record<string, string> = {};
  readonly #classes = new Set<string>();
  #count = 0;

  constructor(int: (limit: number) => number) {
    this.#int = int;
  }

  make(): HostileBody {
    // The content has to be known before a leaf shows all of it.
    const leaves = Array.from({ length: 8 }, () => this.#leaf());
    const content = JSON.stringify(this.#content);
    leaves.push({ template: '{#request.content}', value: content });
    leaves.push({ template: '<{#request.content}>', value: `<${content}>` });
    this.#classes.add('leaf: the whole content');
    const [body, expected] = this.#tree(leaves, 0);
    return {
      body: body as object,
      data: { headers: this.#headers, content, attributes: this.#attributes },
      expected,
      classes: [...this.#classes],
    };
  }

  /** A text of a few pieces of any kind. */
  text(): string {
    let text = '';
    for (let count = this.#int(6); count > 0; count--) {
      const [name, make] = KINDS[this.#int(KINDS.length)] ?? KINDS[0] ?? ['', () => ''];
      this.#classes.add(`text: ${name}`);
      text += make(this.#int);
    }
    return text;
  }

  /** In JSON: `#jsonPath` drops U+007F from a string with escapes, as the original does. */
  #sent(): string {
    return this.text().replaceAll('\x7f', '');
  }

  /** Literal text of a template: without the beginning of an expression, or what would make one with what follows. */
  #literal(): string {
    return this.text().replaceAll(/[{#(]/g, '');
  }

  #leaf(): { template: unknown; value: unknown } {
    const name = `v${this.#count++}`;
    const text = this.text();
    const kind = this.#int(8);
    this.#classes.add(`leaf: ${LEAVES[kind]}`);
    switch (kind) {
      case 0: {
        const literal = this.#literal();
        return { template: literal, value: literal };
      }
      case 1: {
        const constant = [null, true, false, 0, -1.5, 1e300, 9007199254740991][this.#int(7)];
        return { template: constant, value: constant };
      }
      case 2:
        this.#headers[name] = text;
        return { template: `{#request.headers['${name}'][0]}`, value: text };
      case 3: {
        this.#headers[name] = text;
        const [before, after] = [this.#literal(), this.#literal()];
        return { template: `${before}{#request.headers['${name}'][0]}${after}`, value: before + text + after };
      }
      case 4:
        this.#attributes[name] = text;
        return { template: `{#context.attributes['${name}']}`, value: text };
      case 5: {
        const sent = this.#sent();
        this.#content[name] = sent;
        return { template: `{#jsonPath(#request.content, '$.${name}')}`, value: sent };
      }
      case 6: {
        const value = this.#json(3);
        this.#content[name] = value;
        return { template: `{#jsonPath(#request.content, '$.${name}')}`, value };
      }
      default: {
        const value = this.#json(2);
        this.#content[name] = value;
        return { template: `{#request.jsonContent['${name}']}`, value };
      }
    }
  }

  #json(depth: number): unknown {
    const kind = this.#int(depth === 0 ? 4 : 6);
    if (kind === 0) return [0, 7, -2147483649, 1.5, -0.001, 1e21, 5e-324][this.#int(7)];
    if (kind === 1) return [true, false, null][this.#int(3)];
    if (kind < 4) return this.#sent();
    const items = Array.from({ length: this.#int(4) }, () => this.#json(depth - 1));
    if (kind === 4) return items;
    return Object.fromEntries(
      items.map((item, index) => [index === 0 && this.#int(4) === 0 ? '__proto__' : this.#sent() + index, item]),
    );
  }

  /** Objects and lists around the leaves: the body of the policy, and the value that comes out. */
  #tree(leaves: readonly { template: unknown; value: unknown }[], depth: number): readonly [unknown, unknown] {
    const [first] = leaves;
    if (leaves.length === 1 && first !== undefined && depth > 0) return [first.template, first.value];
    const cut = depth > 6 ? leaves.map((leaf) => [leaf]) : this.#cut(leaves);
    const parts = cut.map((part) => this.#tree(part, depth + 1));
    if (this.#int(2) === 0) return [parts.map(([body]) => body), parts.map(([, value]) => value)];
    const names = parts.map((_, index) => this.#literal().replaceAll('__proto__', '') + index);
    const object = (which: 0 | 1) => Object.fromEntries(parts.map((part, index) => [names[index], part[which]]));
    return [object(0), object(1)];
  }

  #cut<T>(items: readonly T[]): T[][] {
    const parts: T[][] = [];
    for (let at = 0; at < items.length; ) {
      const end = at + 1 + this.#int(3);
      parts.push(items.slice(at, end));
      at = end;
    }
    return parts;
  }
}

const LEAVES = [
  'constant text',
  'constant',
  'a header',
  'a header among text',
  'an attribute',
  'a text of the JSON that came',
  'a value of the JSON that came',
  'a value of jsonContent',
] as const;
