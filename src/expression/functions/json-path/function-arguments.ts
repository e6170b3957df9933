import { invalidPath } from './json-path-error.ts';
import type { PathText } from './path-text.ts';
import type { CompiledPath, Parameter } from './path-token.ts';

/** Throws if the bracket at `open` is not closed. */
export function checkClosed(path: PathText, name: string, open: number): void {
  let depth = 1;
  for (let index = open + 1; path.contains(index) && depth > 0; index++) {
    const char = path.at(index);
    if (char === '(') depth++;
    else if (char === ')') depth--;
  }
  if (depth !== 0) throw invalidPath(`the arguments of ${name}() are not closed`);
}

/** Arguments start with `{`, a digit, `-` or `"` (JSON) or with `$` or `@` (a path); anything else is skipped. */
export function readArguments(path: PathText, name: string, compile: (text: string) => CompiledPath): Parameter[] {
  const parameters: Parameter[] = [];
  const open = { '(': 1, '[': 0, '{': 0, '"': 0 };
  let kind: Parameter['kind'] | undefined;
  let text = '';
  let previous = '';
  for (let done = false; path.inside && !done; ) {
    const char = path.current;
    path.position++;
    if (kind === undefined) {
      if (' \t\r\n'.includes(char)) continue;
      if (/[{0-9"-]/.test(char)) kind = 'json';
      else if (char === '$' || char === '@') kind = 'path';
    }
    if (char === '"') open['"'] += previous !== '\\' && open['"'] > 0 ? -1 : 1;
    else if (char === '(' || char === '[' || char === '{') open[char]++;
    else if (char === '}' || char === ']') {
      const opening = char === '}' ? '{' : '[';
      if (open[opening] === 0) throw invalidPath(`unexpected "${char}" in the arguments of ${name}()`);
      open[opening]--;
    } else if (char === ')') {
      open['(']--;
      if (open['('] < 0 || previous === '(') text += char;
    }
    const outside = open['"'] === 0 && open['{'] === 0 && open['['] === 0;
    const ends = char === ')' ? open['('] === 0 || open['('] === 1 : char === ',' && open['('] === 1;
    if (outside && ends) {
      done = open['('] === 0;
      if (kind !== undefined) {
        parameters.push(kind === 'json' ? { kind, text } : { kind, path: compile(text) });
        text = '';
        kind = undefined;
      }
    }
    const separates = char === ',' && open['{'] === 0 && open['['] === 0 && open['('] === 1;
    if (kind !== undefined && !separates) text += char;
    previous = char;
  }
  if (open['{'] !== 0 || open['('] !== 0 || open['['] !== 0) {
    throw invalidPath(`the arguments of ${name}() are not closed`);
  }
  return parameters;
}
