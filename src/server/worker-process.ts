import { describeError, type Logger } from '../observability/index.ts';
import type { ServingNode, StopOptions } from './serving-node.ts';
import type { FromWorker, PolicyDocument, Question, ToWorker } from './worker-channel.ts';

/** The part of `process` that a worker needs: the channel to its supervisor. */
export interface Channel {
  send?(message: FromWorker, callback: (error: Error | null) => void): unknown;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  on(event: 'disconnect' | NodeJS.Signals, listener: () => void): unknown;
}

export interface WorkerOptions {
  readonly channel: Channel;
  readonly start: (document: PolicyDocument | undefined, replace: boolean) => Promise<ServingNode>;
  readonly logger: Logger;
  readonly graceMs: number;
}

/**
 * A worker: starts when the supervisor says so and does what it asks. Resolves with the exit code.
 *
 * A terminal's Ctrl-C and a service manager's signals reach workers as well as the supervisor, which coordinates: only
 * SIGTERM counts here. Without a supervisor a worker releases its sockets at once, for the next one's workers.
 */
export function runWorker(options: WorkerOptions): Promise<number> {
  const { channel, logger } = options;
  return new Promise((resolve) => {
    let node: ServingNode | undefined;
    let stopping = false;

    const send = (message: FromWorker): Promise<void> =>
      new Promise((sent) => {
        if (channel.send === undefined) return sent();
        try {
          channel.send(message, () => sent());
        } catch {
          // The supervisor has ended: 'disconnect' handles that.
          sent();
        }
      });

    const stop = async (how: StopOptions): Promise<void> => {
      if (stopping) return;
      stopping = true;
      if (node !== undefined) {
        await node.stop(how);
        await send({ type: 'bye', metrics: await node.metrics(), failures: await node.failures() });
      }
      resolve(0);
    };

    const start = async (document: PolicyDocument | undefined, replace: boolean): Promise<void> => {
      try {
        node = await options.start(document, replace);
        await send({ type: 'ready', addresses: node.addresses });
      } catch (error) {
        await send({ type: 'failed', problem: describeError(error) });
        resolve(1);
      }
    };

    for (const signal of ['SIGINT', 'SIGHUP', 'SIGUSR2'] as const) channel.on(signal, () => {});
    channel.on('SIGTERM', () => void stop({ graceMs: options.graceMs, replaced: false }));
    channel.on('disconnect', () => {
      if (!stopping) logger.error('the supervisor has ended; this worker ends too');
      void stop({ graceMs: 0, replaced: false });
    });
    channel.on('message', (raw) => {
      const message = raw as ToWorker;
      if (message.type === 'start') void start(message.document, message.replace);
      else if (message.type === 'drain') void stop(message.how);
      else if (message.type === 'ask' && node !== undefined) void answer(node, message.id, message.question, send);
    });
  });
}

async function answer(
  node: ServingNode,
  id: number,
  question: Question,
  send: (message: FromWorker) => Promise<void>,
): Promise<void> {
  try {
    await send({ type: 'answer', id, value: await askNode(node, question) });
  } catch (error) {
    await send({ type: 'error', id, problem: describeError(error) });
  }
}

async function askNode(node: ServingNode, question: Question): Promise<unknown> {
  switch (question.about) {
    case 'readiness':
      return node.readiness();
    case 'metrics':
      return await node.metrics();
    case 'failures':
      return await node.failures();
    case 'reload':
      return node.reload(question.document);
  }
}
