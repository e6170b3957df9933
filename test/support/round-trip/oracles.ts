import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { GeneratedAnswer } from './generate.ts';

/** The formats, and ALB in both of its modes. */
export const dialects = {
  'api-gateway-v1': { requestFormat: 'api-gateway-v1' },
  'http-api-v1': { requestFormat: 'http-api-v1' },
  'api-gateway-v2': { requestFormat: 'api-gateway-v2' },
  'function-url': { requestFormat: 'function-url' },
  alb: { requestFormat: 'alb' },
  'alb-multi': { requestFormat: 'alb', format: { multiValueHeaders: true } },
} as const;

export type Dialect = keyof typeof dialects;
export const dialectNames = Object.keys(dialects) as Dialect[];

/** What an application saw of a request, by way of its framework. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** A function on AWS: event → result. It answers as told, and says what it saw. */
export interface Oracle {
  readonly name: OracleName;
  invoke(
    event: unknown,
    answer: GeneratedAnswer,
  ): Promise<{ readonly result: unknown; readonly seen: SeenRequest | undefined }>;
  stop(): void;
}

export type OracleName = 'hono' | 'express' | 'mangum';

interface Script {
  saw(request: SeenRequest): void;
  answer(): GeneratedAnswer;
}

type Handler = (event: unknown, context: object) => Promise<unknown>;
type Apps = Readonly<Record<'honoHandler' | 'expressHandler', (script: Script) => Handler>>;

/** Not a static import: the frameworks' types want a library for browsers, and types of AWS. */
const appsFile: string = './apps.mjs';

export async function javascriptOracle(name: 'hono' | 'express'): Promise<Oracle> {
  const apps = (await import(appsFile)) as Apps;
  // One at a time: the application is told its answer before it is asked.
  let seen: SeenRequest | undefined;
  let next: GeneratedAnswer | undefined;
  const handler = apps[`${name}Handler`]({
    saw(request) {
      seen = request;
    },
    answer() {
      if (next === undefined) throw new Error('no answer was told');
      return next;
    },
  });
  return {
    name,
    async invoke(event, answer) {
      seen = undefined;
      next = answer;
      const result = await handler(event, {});
      return { result, seen };
    },
    stop() {},
  };
}

/** A process of its own, which is given a line for each event. `python`: one that has Mangum. */
export function mangumOracle(python: string): Oracle {
  const child = spawn(python, [join(import.meta.dirname, 'mangum-app.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  return {
    name: 'mangum',
    async invoke(event, answer) {
      const line = once(lines, 'line') as Promise<[string]>;
      child.stdin.write(`${JSON.stringify({ event, answer: { ...answer, body: answer.body.toString('base64') } })}\n`);
      const { result, seen } = JSON.parse((await line)[0]) as {
        result: unknown;
        seen: SeenRequest & { body: unknown };
      };
      return { result, seen: seen && { ...seen, body: Buffer.from(String(seen.body), 'base64') } };
    },
    stop() {
      child.stdin.end();
    },
  };
}
