import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '../../..');

/** Phrases that read as translated, each with what to write. */
const PHRASES: readonly (readonly [RegExp, string])[] = [
  [/\bis passed by\b|\bare passed by\b/, 'requests bypass …'],
  [/\bgoes? past the polic/, 'bypasses the policies'],
  [/\bstands? (?:twice|alone)\b/, 'duplicate …; requires …'],
  [/\bwithout a word\b/, 'silently'],
  [/\bdoes not tell\b|\bis told by\b|\bnobody tells?\b/i, 'does not expose; is reported by; is not known'],
  [/\btakes? the place of\b/, 'replaces'],
  [/(?<!\bthere )\bis no (?:AWS region|role|path|function|endpoint|header name)\b/, 'is not a valid …'],
  [/\bwhat nobody foresaw\b/, 'unexpected error'],
  [/\bas is wanted\b/, 'as needed'],
  [/\bwarns? of\b/, 'warns about'],
];

test('pages and messages have no phrase that reads as translated', () => {
  const found: string[] = [];
  const files = globSync(['*.md', 'docs/**/*.md', 'recipes/*.md', 'src/**/*.ts'], { cwd: root });
  for (const file of files) {
    const text = readFileSync(join(root, file), 'utf8');
    // Of sources only messages count; comments are for the next reader of the code.
    const lines = file.endsWith('.ts') ? text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '') : text;
    for (const [phrase, instead] of PHRASES) {
      const hit = phrase.exec(lines.replaceAll(/\s+/g, ' '));
      if (hit !== null) found.push(`${file}: "${hit[0]}", write: ${instead}`);
    }
  }
  assert.deepEqual(found, []);
  assert.ok(files.length > 100);
});
