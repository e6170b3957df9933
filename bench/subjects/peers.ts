import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { startChild, waitFor } from '../../scripts/support/child.ts';
import type { Subject, SubjectContext } from './subject.ts';

/** A server of node-server.ts. */
export function nodeSubject(name: string, kind: 'floor' | 'sdk', title: string, context: SubjectContext): Subject {
  const script = join(import.meta.dirname, 'node-server.ts');
  return peer(name, title, context, [process.execPath, script, kind]);
}

/** bench/go/server. */
export function goSubject(program: string, title: string, context: SubjectContext): Subject {
  return peer('go', title, context, [program]);
}

function peer(name: string, title: string, context: SubjectContext, command: readonly string[]): Subject {
  const socket = join(context.directory, `${name}.sock`);
  return {
    name,
    title,
    addresses: [`unix:${socket}`],
    can: ({ peers }) => peers !== undefined,
    async start({ peers }) {
      rmSync(socket, { force: true });
      const [program = '', ...args] = command;
      const child = startChild(name, program, [...args, peers ?? '', context.lambda, socket]);
      await waitFor(child, 'ready', () => (child.output().includes('ready') ? true : undefined));
      return { pid: child.pid, stop: async () => void (await child.stop(100)) };
    },
  };
}

/** Envoy's own aws_lambda filter, which runs inside Envoy, without a server. */
export const nativeSubject: Subject = {
  name: 'native',
  title: "Envoy's aws_lambda filter",
  addresses: [],
  without: 'aws_lambda',
  can: ({ native }) => native === true,
  start: async () => ({ stop: async () => undefined }),
};

/** A request without any filter, as a baseline. */
export const plainSubject: Subject = {
  name: 'plain',
  title: 'Envoy alone, no filter',
  addresses: [],
  without: 'filters',
  can: ({ name }) => name === 'pass-through',
  start: async () => ({ stop: async () => undefined }),
};
