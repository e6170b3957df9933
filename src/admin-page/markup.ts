import { printable } from '../printable.ts';

/** HTML that may be sent unchanged. Only `html` creates it. */
class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type { Markup };

/** Values in a template. Undefined, null and false are empty. */
type Content = string | number | Markup | readonly Content[] | undefined | null | false;

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

/**
 * A tagged template for HTML. Every text in it is escaped, so that it is safe between tags and between the double quotes of an
 * attribute; unescaped texts are not possible. Control characters and text direction overrides become visible.
 */
export function html(strings: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  let text = strings[0] ?? '';
  contents.forEach((content, i) => {
    text += rendered(content) + (strings[i + 1] ?? '');
  });
  return new Markup(text);
}

function rendered(content: Content): string {
  if (content === undefined || content === null || content === false) return '';
  if (content instanceof Markup) return content.text;
  if (typeof content === 'object') return content.map(rendered).join('');
  return escapeText(String(content));
}

/** A text from any source, with control characters and text direction overrides as escapes. */
export function visibleText(text: string): string {
  return printable(text.toWellFormed());
}

function escapeText(text: string): string {
  return visibleText(text).replaceAll(/[&<>"'`]/g, (c) => ESCAPES[c] ?? c);
}
