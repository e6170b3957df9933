import { createServer } from 'node:net';

/** Below what systems give to those who ask for any port, who could be given it before its user binds it. */
const lowest = 20_000;
const highest = 32_000;

const given = new Set<number>();

/** A port of 127.0.0.1 for a program that cannot be told to take any: nothing has it, and this process gave it to no other. */
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
