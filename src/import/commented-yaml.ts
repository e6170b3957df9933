import { Document, isScalar, type Pair, stringify, visit, type YAMLMap } from 'yaml';

/** A part of a document. The key `#` holds a comment for the key after it. */
export type Json = Readonly<Record<string, unknown>>;

/** A part that is written as a comment, for users to copy. Its own comments are left out. */
export function yamlLines(content: Json): readonly string[] {
  const text = stringify(content, (key, value: unknown) => (key === '#' ? undefined : value), { lineWidth: 0 });
  return text.trimEnd().split('\n');
}

/** YAML text, with the comments where they belong. */
export function writeCommented(content: Json, head: readonly string[]): string {
  const document = new Document(content, { aliasDuplicateObjects: false });
  visit(document, {
    Map(_key, map) {
      takeComments(map);
    },
  });
  document.commentBefore = commentText(head);
  return document.toString({ lineWidth: 0 });
}

function takeComments(map: YAMLMap): void {
  let comment: string | undefined;
  const kept: Pair[] = [];
  for (const pair of map.items) {
    if (isScalar(pair.key) && pair.key.value === '#') {
      comment = commentText(String(isScalar(pair.value) ? pair.value.value : '').split('\n'));
      continue;
    }
    // Before the first key of a list item, the comment would be between the dash and the key.
    if (comment !== undefined && kept.length === 0) map.commentBefore = comment;
    else if (comment !== undefined && isScalar(pair.key)) pair.key.commentBefore = comment;
    comment = undefined;
    kept.push(pair);
  }
  map.items = kept;
}

/** Lines of at most 116 characters; what a definition holds cannot end a comment. */
function commentText(lines: readonly string[]): string {
  return lines.flatMap((line) => wrap(line.replace(/[^\x20-\x7e\u00a0-\ud7ff\ue000-\ufffc]/g, ' '))).join('\n');
}

function wrap(line: string): readonly string[] {
  const wrapped: string[] = [];
  let rest = line;
  while (rest.length > 116) {
    const blank = rest.lastIndexOf(' ', 116);
    const at = blank > 40 ? blank : 116;
    wrapped.push(` ${rest.slice(0, at)}`);
    rest = rest.slice(at).trimStart();
  }
  return [...wrapped, ` ${rest}`];
}
