import { PolicyDocumentError } from '../config/index.ts';
import type { RequestScope } from '../expression/index.ts';
import { requestOf } from '../policy-tests/index.ts';
import { requestScope } from '../trial/index.ts';
import { UsageError } from './command-line.ts';
import { readRequest } from './try/case-document.ts';
import { readBytes } from './try/read-texts.ts';

/** `#request` of a file in the shape of `request` in a test file. Throws UsageError. */
export async function readSent(file: string): Promise<RequestScope> {
  try {
    const document = readRequest((await readBytes(file)).toString('utf8'), file);
    const attributes = new Map(Object.entries(document?.attributes ?? {}));
    return requestScope(requestOf(document), attributes, document?.metadata ?? {}, Date.now());
  } catch (error) {
    if (error instanceof PolicyDocumentError) throw new UsageError(error.message);
    throw error;
  }
}
