const INDENT = '  ';
/** A string, a bracket, a separator, or anything else up to the next of these. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s"{}[\],:]+/g;

/** JSON with a line for each member, its numbers and texts spelled as they were; any other text as it is. */
export function indentedJson(text: string): string {
  if (!isContainer(text)) return text;
  let depth = 0;
  let result = '';
  let before = '';
  for (const [token] of text.matchAll(TOKEN)) {
    const closes = token === '}' || token === ']';
    const isEmpty = closes && (before === '{' || before === '[');
    if (closes) depth--;
    if (!isEmpty && (closes || before === '{' || before === '[' || before === ','))
      result += `\n${INDENT.repeat(depth)}`;
    result += token === ':' ? ': ' : token;
    if (token === '{' || token === '[') depth++;
    before = token;
  }
  return result;
}

function isContainer(text: string): boolean {
  if (!/^\s*[{[]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
