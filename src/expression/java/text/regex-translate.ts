import { JavaException } from '../java-exception.ts';
import {
  classEscape,
  codeText,
  complement,
  intersection,
  LINE_TERMINATORS,
  normalise,
  type Ranges,
  rangesText,
} from './regex-class.ts';
import { changeFlags, type Flags, foldsAscii, NO_FLAGS, otherCase } from './regex-flags.ts';

/**
 * From java.util.regex to RE2: what both have is spelled in RE2's way, with Java's meaning. What RE2 cannot do in
 * linear time (lookahead, back references, possessive quantifiers) is refused by name.
 */
export function translateRegex(pattern: string): string {
  return new Translator(pattern).translate();
}

const CONTROLS: Readonly<Record<string, number>> = { t: 9, n: 10, r: 13, f: 12, a: 7, e: 27 };

/** The parts of one character class. */
interface ClassParts {
  ranges: [number, number][];
  /** Classes only RE2 knows, as text. */
  properties: string[];
}

class Translator {
  readonly #pattern: string;
  #at = 0;
  #out = '';
  #flags = NO_FLAGS;
  /** Whether a quantifier may follow. */
  #atom = false;
  readonly #groups: Flags[] = [];

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  translate(): string {
    while (this.#at < this.#pattern.length) this.#next();
    return this.#out;
  }

  #fail(reason: string): JavaException {
    return new JavaException(
      'PatternSyntaxException',
      `${reason} near index ${this.#at} of the pattern ${this.#pattern.slice(0, 80)}`,
    );
  }

  #unsupported(what: string): JavaException {
    return this.#fail(`${what} cannot run in linear time and is not supported,`);
  }

  #emit(text: string): void {
    this.#out += text;
    this.#atom = true;
  }

  #next(): void {
    const character = this.#take();
    switch (character) {
      case '\\':
        this.#escape();
        return;
      case '[':
        this.#emit(this.#class());
        return;
      case '.':
        this.#emit(this.#flags.dotAll ? '(?s:.)' : `[^${rangesText(LINE_TERMINATORS)}]`);
        return;
      case '(':
        this.#open();
        return;
      case ')':
        if (this.#groups.length === 0) throw this.#fail("Unmatched closing ')'");
        this.#flags = this.#groups.pop() ?? this.#flags;
        this.#emit(')');
        return;
      case '|':
      case '^':
        this.#out += character;
        this.#atom = character === '^';
        return;
      case '*':
      case '+':
      case '?':
      case '{':
        this.#quantifier(character);
        return;
      case '$':
        this.#emit('$');
        return;
      default:
        this.#emit(this.#literal(character.codePointAt(0) ?? 0));
    }
  }

  #take(): string {
    const code = this.#pattern.codePointAt(this.#at) ?? 0;
    const character = String.fromCodePoint(code);
    this.#at += character.length;
    return character;
  }

  #quantifier(character: string): void {
    let text = character;
    if (character === '{') {
      const rest = /^(\d+)(,(\d*))?\}/.exec(this.#pattern.slice(this.#at, this.#at + 40));
      if (rest === null || !this.#atom) throw this.#fail('Illegal repetition');
      text += rest[0];
      this.#at += rest[0].length;
    }
    if (!this.#atom) throw this.#fail(`Dangling meta character '${character}'`);
    const after = this.#pattern[this.#at];
    if (after === '+') throw this.#unsupported('a possessive quantifier');
    if (after === '?') {
      text += '?';
      this.#at++;
    }
    this.#out += text;
    this.#atom = false;
  }

  #open(): void {
    const rest = this.#pattern.slice(this.#at, this.#at + 80);
    this.#groups.push(this.#flags);
    this.#atom = false;
    if (!rest.startsWith('?')) {
      this.#out += '(';
      return;
    }
    if (/^\?[=!]/.test(rest)) throw this.#unsupported('a lookahead');
    if (rest.startsWith('?>')) throw this.#unsupported('an atomic group');
    const look = /^\?<[=!]/.exec(rest)?.[0];
    const name = /^\?<([A-Za-z][A-Za-z0-9]*)>/.exec(rest)?.[0];
    const flags = /^\?([a-zA-Z]*)(?:-([a-zA-Z]*))?([:)])/.exec(rest);
    if (look !== undefined || name !== undefined) {
      this.#out += `(${look ?? name}`;
      this.#at += (look ?? name ?? '').length;
    } else if (flags !== null) this.#inlineFlags(flags);
    else throw this.#fail('Unknown group construct');
  }

  #inlineFlags([text = '', on = '', off = '', end]: readonly (string | undefined)[]): void {
    const unknown = /[^imsu]/.exec(on + off)?.[0];
    if (unknown !== undefined) throw this.#fail(`The inline flag ${unknown} is not supported,`);
    this.#at += text.length;
    const { flags, spelled } = changeFlags(this.#flags, on, off);
    this.#flags = flags;
    if (end === ':') {
      this.#out += `(?${spelled}:`;
      return;
    }
    // The flags hold to the end of the enclosing group, whose state the closing parenthesis brings back.
    this.#groups.pop();
    if (spelled !== '') this.#out += `(?${spelled})`;
  }

  /** One character as a pattern. */
  #literal(code: number): string {
    const other = foldsAscii(this.#flags) ? otherCase(code, code) : [];
    return other.length === 0 ? codeText(code) : `[${codeText(code)}${rangesText(other)}]`;
  }

  #escape(): void {
    if (this.#at >= this.#pattern.length) throw this.#fail('Unexpected internal error');
    const letter = this.#pattern[this.#at] ?? '';
    if (/[1-9k]/.test(letter)) throw this.#unsupported('a back reference');
    if (letter === 'Q') {
      this.#quoted();
      return;
    }
    if (letter === 'R') {
      this.#at++;
      this.#emit('(?:\\r\\n|[\\n-\\r\\x{85}\\x{2028}\\x{2029}])');
    } else if (/[bBAz]/.test(letter)) {
      this.#at++;
      this.#emit(`\\${letter}`);
    } else if (letter === 'Z') {
      this.#at++;
      this.#emit('(?:\\n?\\z)');
    } else if (letter === 'G' || letter === 'X' || letter === 'N') throw this.#unsupported(`\\${letter}`);
    else {
      const value = this.#escapedValue();
      if (typeof value === 'number') this.#emit(this.#literal(value));
      else this.#emit(typeof value === 'string' ? `[${value}]` : `[${rangesText(value)}]`);
    }
  }

  /** `\Q…\E`, where nothing has a meaning. */
  #quoted(): void {
    const end = this.#pattern.indexOf('\\E', this.#at + 1);
    const text = this.#pattern.slice(this.#at + 1, end < 0 ? undefined : end);
    this.#at = end < 0 ? this.#pattern.length : end + 2;
    for (const character of text) this.#emit(this.#literal(character.codePointAt(0) ?? 0));
  }

  /** A code point, a set, or the text of a property; `#at` stands on the letter. */
  #escapedValue(): number | Ranges | string {
    const rest = this.#pattern.slice(this.#at, this.#at + 60);
    const property = /^[pP](?:\{([^}]*)\}|([A-Z]))/.exec(rest);
    if (property !== null) {
      this.#at += property[0].length;
      return classEscape(rest[0] ?? 'p', property[1] ?? property[2] ?? '', this.#flags.ignoreCase);
    }
    const numeric = /^(?:x\{([0-9a-fA-F]{1,6})\}|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|0([0-3]?[0-7]{1,2}))/.exec(rest);
    if (numeric !== null) {
      this.#at += numeric[0].length;
      const [, long, short, unicode, octal] = numeric;
      const code =
        octal === undefined ? Number.parseInt(long ?? short ?? unicode ?? '0', 16) : Number.parseInt(octal, 8);
      if (code > 0x10ffff) throw this.#fail('Hexadecimal codepoint is too big');
      return code;
    }
    const letter = this.#take();
    if (/^[dDwWsShHvV]$/.test(letter)) return classEscape(letter, '');
    if (letter === 'c') return this.#take().charCodeAt(0) ^ 64;
    if (Object.hasOwn(CONTROLS, letter)) return CONTROLS[letter] ?? 0;
    if (/^[A-Za-z0-9]$/.test(letter)) throw this.#fail('Illegal/unsupported escape sequence');
    return letter.codePointAt(0) ?? 0;
  }

  /** From behind `[` to behind its `]`. */
  #class(): string {
    const { negated, parts } = this.#classBody(0);
    if (parts.ranges.length === 0 && parts.properties.length === 0) return negated ? '(?s:.)' : '[^\\x{0}-\\x{10ffff}]';
    return `[${negated ? '^' : ''}${rangesText(normalise(parts.ranges))}${parts.properties.join('')}]`;
  }

  #classBody(depth: number): { negated: boolean; parts: ClassParts } {
    if (depth > 20) throw this.#fail('Character class nested too deeply');
    const negated = this.#pattern[this.#at] === '^';
    if (negated) this.#at++;
    let parts: ClassParts = { ranges: [], properties: [] };
    let left: ClassParts | undefined;
    let first = true;
    for (;;) {
      if (this.#at >= this.#pattern.length) throw this.#fail('Unclosed character class');
      if (this.#pattern[this.#at] === ']' && !first) break;
      first = false;
      if (this.#pattern.startsWith('&&', this.#at)) {
        this.#at += 2;
        left = left === undefined ? parts : this.#intersect(left, parts);
        parts = { ranges: [], properties: [] };
      } else if (this.#pattern[this.#at] === '[') {
        this.#at++;
        this.#union(parts, this.#classBody(depth + 1));
      } else this.#member(parts);
    }
    this.#at++;
    return { negated, parts: left === undefined ? parts : this.#intersect(left, parts) };
  }

  #union(parts: ClassParts, inner: { negated: boolean; parts: ClassParts }): void {
    if (inner.negated && inner.parts.properties.length > 0)
      throw this.#fail('A negated class of properties inside a class is not supported,');
    parts.ranges.push(...(inner.negated ? complement(inner.parts.ranges) : inner.parts.ranges));
    parts.properties.push(...inner.parts.properties);
  }

  #intersect(a: ClassParts, b: ClassParts): ClassParts {
    if (a.properties.length + b.properties.length > 0)
      throw this.#fail('An intersection with a property is not supported,');
    return { ranges: intersection(a.ranges, b.ranges), properties: [] };
  }

  #member(parts: ClassParts): void {
    const from = this.#single();
    if (typeof from !== 'number') {
      if (typeof from === 'string') parts.properties.push(from);
      else parts.ranges.push(...from.map(([low, high]): [number, number] => [low, high]));
      return;
    }
    const next = this.#pattern[this.#at + 1];
    if (this.#pattern[this.#at] !== '-' || next === undefined || next === ']' || next === '[') {
      this.#addRange(parts, from, from);
      return;
    }
    this.#at++;
    const to = this.#single();
    if (typeof to !== 'number' || to < from) throw this.#fail('Illegal character range');
    this.#addRange(parts, from, to);
  }

  #addRange(parts: ClassParts, from: number, to: number): void {
    parts.ranges.push([from, to]);
    if (foldsAscii(this.#flags)) parts.ranges.push(...otherCase(from, to));
  }

  #single(): number | Ranges | string {
    const character = this.#take();
    if (character !== '\\') return character.codePointAt(0) ?? 0;
    if (this.#at >= this.#pattern.length) throw this.#fail('Unexpected end of the pattern');
    return this.#escapedValue();
  }
}
