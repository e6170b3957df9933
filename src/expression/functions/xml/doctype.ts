/**
 * Position after the DOCTYPE that starts at `from`; -1 if it is not closed. Nothing in it is read: quoted text,
 * comments and the part in square brackets are skipped.
 */
export function doctypeEnd(text: string, from: number): number {
  let inSubset = false;
  for (let at = from; at < text.length; at++) {
    const char = text.charAt(at);
    let end = at + 1;
    if (char === '"' || char === "'") end = behind(text, char, at + 1);
    else if (text.startsWith('<!--', at)) end = behind(text, '-->', at);
    else if (text.startsWith('<?', at)) end = behind(text, '?>', at);
    else if (char === '[') inSubset = true;
    else if (char === ']') inSubset = false;
    else if (char === '>' && !inSubset) return end;
    if (end === -1) return -1;
    at = end - 1;
  }
  return -1;
}

function behind(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from);
  return at === -1 ? -1 : at + mark.length;
}
