import { openPlayground } from '../../playground/index.ts';
import type { CommandIo } from '../io.ts';
import { PlaygroundDocument } from './playground-document.ts';
import type { TrySetup } from './try-setup.ts';

/** Serves the page until SIGINT or SIGTERM. Rejects when the port cannot be bound. */
export async function servePlayground(setup: TrySetup, port: number, io: CommandIo): Promise<number> {
  const document = new PlaygroundDocument(setup);
  await document.start();
  const playground = await openPlayground(document, port).catch((error: unknown) => {
    document.stop();
    throw portError(error, port);
  });
  io.stdout.write(`playground of ${setup.config}: ${playground.url}\n`);
  io.stdout.write('The URL works once, in the browser that opens it first. Ctrl-C ends the playground.\n');
  await interrupted();
  playground.close();
  document.stop();
  return 0;
}

function portError(error: unknown, port: number): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') {
    return new Error(
      `port ${port} is in use; give another --port, or leave it out for a free port (\`ss -ltnp\` shows what is using it)`,
    );
  }
  if (code === 'EACCES') return new Error(`port ${port} requires root privileges; give a --port of 1024 or higher`);
  return error;
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
}
