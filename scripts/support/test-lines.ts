import { relative } from 'node:path';
import type { TestEvent } from 'node:test/reporters';

/** How one test ended, as the reporter below prints it: one line of JSON each. */
export interface TestLine {
  /** Includes the names of the enclosing suites. */
  readonly name: string;
  readonly file: string;
  readonly outcome: 'pass' | 'FAIL' | 'skip';
  /** Reason of a failure. */
  readonly reason?: string;
}

/** A reporter for node:test. Omits suites, except those that fail in a hook and not in one of their tests. */
export default async function* testLines(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const parents: string[] = [];
  for await (const event of source) {
    if (event.type === 'test:start') parents[event.data.nesting] = event.data.name;
    if (event.type !== 'test:pass' && event.type !== 'test:fail') continue;
    const { name, nesting, file = '', skip, details } = event.data;
    const error = event.type === 'test:fail' ? (event.data.details.error as FailedTest) : undefined;
    if (details.type === 'suite' && (error === undefined || error.failureType === 'subtestsFailed')) continue;
    const line: TestLine = {
      name: [...parents.slice(0, nesting), name].join(' > '),
      file: relative(process.cwd(), file),
      outcome: error !== undefined ? 'FAIL' : skip === undefined ? 'pass' : 'skip',
      ...(error === undefined ? {} : { reason: error.cause?.message ?? error.message }),
    };
    yield `${JSON.stringify(line)}\n`;
  }
}

interface FailedTest extends Error {
  readonly failureType?: string;
  readonly cause?: Error;
}
