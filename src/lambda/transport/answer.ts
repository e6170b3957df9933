export interface AnswerHead {
  readonly status: number;
  readonly headers: AnswerHeaders;
}

/** One HTTP answer, whole. */
export interface Answer extends AnswerHead {
  readonly body: Buffer;
}

/** Names in lower case. */
export type AnswerHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** A header's value, the first one if it is repeated. */
export function header(headers: AnswerHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}
