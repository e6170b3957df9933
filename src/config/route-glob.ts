/** Whether a route's name fits a glob, in which `*` matches any characters. Linear in the length of the name. */
export function matchesGlob(glob: string, name: string): boolean {
  const parts = glob.split('*');
  const [first = '', ...rest] = parts;
  if (rest.length === 0) return name === glob;
  const last = rest.pop() ?? '';
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false;
  const end = name.length - last.length;
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found === -1 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}
