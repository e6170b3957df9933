import { compileRegex, JavaException } from './java/index.ts';

/** A pattern of java.util.regex that a configuration has, matched against whole texts in linear time. */
export interface WholePattern {
  matches(text: string): boolean;
}

/** The pattern, or why it is not valid. */
export function wholePattern(pattern: string): WholePattern | string {
  try {
    const compiled = compileRegex(pattern);
    return { matches: (text) => compiled.matches(text, unmetered) };
  } catch (error) {
    if (error instanceof JavaException) return error.message;
    throw error;
  }
}

const unmetered = { step() {} };
