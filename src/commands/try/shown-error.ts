import { ExpressionError } from '../../expression/index.ts';
import { redactText } from '../../observability/index.ts';
import { withoutPrivateWords } from '../../policy/index.ts';

const MAX_CAUSES = 3;

/**
 * Why something failed, with its causes. Where an API has private variables, the words may quote a part of one: then only the
 * place is shown, as in the log.
 */
export function shownError(error: unknown, hasPrivate: boolean): string {
  const parts: string[] = [];
  let current = hasPrivate ? withoutPrivateWords(error) : error;
  while (current !== undefined && parts.length <= MAX_CAUSES) {
    const text = wordsOf(current);
    if (!parts.some((part) => part.includes(text))) parts.push(text);
    current = current instanceof Error ? current.cause : undefined;
  }
  return parts.join(': ');
}

function wordsOf(error: unknown): string {
  if (error instanceof ExpressionError) return error.explain();
  // AWS quotes session tokens in some of its messages.
  return redactText(error instanceof Error ? error.message || error.name : String(error));
}
