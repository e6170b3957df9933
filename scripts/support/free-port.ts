import { createServer } from 'node:net';

/** Below the range from which systems choose free ports: a port of that range could be given to another program before it is bound. */
const lowest = 20_000;
const highest = 32_000;

const given = new Set<number>();

/** A port of 127.0.0.1 for a program that cannot choose one itself. The port is free, and this process returns each port only once. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest));
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
}

export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
