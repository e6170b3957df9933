import { RE2JS } from 're2js';
import { JavaException } from '../../java-exception.ts';
import type { Meter } from '../../meter.ts';
import { partsOf, type RegexNode } from './node.ts';
import { LINE_TERMINATOR } from './places.ts';
import { compileProgram, type Program } from './program.ts';
import { toRe2 } from './to-re2.ts';

/**
 * A pattern compiled for RE2, for the machine, or for both: RE2 is faster, but supports neither Java's line
 * terminators nor look-aheads.
 */
export class CompiledRegex {
  readonly #root: RegexNode;
  readonly #groupCount: number | undefined;
  readonly #re2: RE2JS | undefined;
  readonly #oneLine: boolean;
  #program: Program | undefined;
  /** Steps for compiling, charged to the first text. */
  #unpaid: number;

  /** `groupCount`: undefined if only a yes or no is needed. */
  constructor(root: RegexNode, groupCount: number | undefined) {
    this.#root = root;
    this.#groupCount = groupCount;
    this.#unpaid = priceOf(root);
    const translated = toRe2(root, groupCount);
    this.#oneLine = translated?.oneLine ?? false;
    this.#re2 = translated === undefined ? undefined : compileRe2(translated.text);
    // Errors are reported here, and not only when a text has several lines.
    if (this.#re2 === undefined) this.#program = compileProgram(root, groupCount);
  }

  /** RE2's form of it, where that means the same in this text, which is paid for; the machine counts its work itself. */
  re2For(text: string, meter: Meter): RE2JS | undefined {
    meter.step(this.#unpaid);
    this.#unpaid = 0;
    if (this.#re2 === undefined || (this.#oneLine && (text === '' || LINE_TERMINATOR.test(text)))) return undefined;
    meter.step((text.length >> 4) * this.weight);
    return this.#re2;
  }

  /** The worst cost of one character in RE2, except for small programs: every instruction may be tried for it. */
  get weight(): number {
    return 1 + ((this.#re2?.programSize() ?? 0) >> 5);
  }

  get program(): Program {
    this.#program ??= compileProgram(this.#root, this.#groupCount);
    return this.#program;
  }
}

const STEPS_PER_NODE = 4;
const RANGES_PER_STEP = 2;

function priceOf(node: RegexNode): number {
  const ranges = node.kind === 'set' ? Math.ceil(node.ranges.length / RANGES_PER_STEP) : 0;
  return partsOf(node).reduce((sum, part) => sum + priceOf(part), STEPS_PER_NODE + ranges);
}

/** Undefined for a pattern that is too large for RE2, or has a name that it does not support. */
function compileRe2(text: string): RE2JS | undefined {
  try {
    return RE2JS.compile(text, RE2JS.LOOKBEHINDS);
  } catch {
    return undefined;
  }
}

const MAX_PATTERN_LENGTH = 2000;

/** @throws JavaException for a pattern that is too long */
export function checkLength(pattern: string): void {
  if (pattern.length <= MAX_PATTERN_LENGTH) return;
  throw new JavaException(
    'PatternSyntaxException',
    `A pattern of ${pattern.length} characters: the limit is ${MAX_PATTERN_LENGTH}`,
  );
}
