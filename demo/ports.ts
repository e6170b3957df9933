import { freePort, isFree } from '../scripts/support/free-port.ts';

/** Where the parts of the demo listen, all on 127.0.0.1: as written in envoy/envoy.yaml and demo/policies.yaml. */
export interface Ports {
  readonly envoy: number;
  readonly envoyAdmin: number;
  readonly backend: number;
  readonly sidecarAdmin: number;
  readonly aws: number;
  readonly chat: number;
}

export const defaultPorts: Ports = {
  envoy: 10000,
  envoyAdmin: 9901,
  backend: 8080,
  sidecarAdmin: 9464,
  aws: 4566,
  chat: 4567,
};

const users: Readonly<Record<keyof Ports, string>> = {
  envoy: 'Envoy',
  envoyAdmin: "Envoy's admin interface",
  backend: 'the backend',
  sidecarAdmin: "the sidecar's admin server",
  aws: 'the local AWS',
  chat: 'the function that streams',
};

/** One line for each port that another program uses; empty when all are free. */
export async function portConflicts(ports: Ports): Promise<readonly string[]> {
  const entries = Object.entries(ports) as [keyof Ports, number][];
  const free = await Promise.all(entries.map(([, port]) => isFree(port)));
  return entries
    .filter((_, index) => !free[index])
    .map(
      ([name, port]) => `port ${port}, for ${users[name]}, is in use: run \`ss -ltnp sport = :${port}\` to see by what`,
    );
}

const PORTS_NEEDED = Object.keys(defaultPorts).length;

/** The demo's ports one after the other, Envoy's first. */
export function portsFrom(first: number): Ports {
  const ports: Record<string, number> = {};
  for (const [index, name] of Object.keys(defaultPorts).entries()) ports[name] = first + index;
  return { ...defaultPorts, ...ports };
}

/** The number of `--port`. Throws an error for the user if there is no room for the ports after it. */
export function firstPort(text: string): number {
  const highest = 65_535 - PORTS_NEEDED + 1;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > highest) throw new Error(`--port must be a number from 1 to ${highest}, not "${text}"`);
  return port;
}

/** A configuration file of the demo with these ports in place of the default ones. */
export function withPorts(text: string, ports: Ports): string {
  const replaced = new Map<number, number>();
  for (const name of Object.keys(ports) as (keyof Ports)[]) replaced.set(defaultPorts[name], ports[name]);
  // Replace only ports: 10000 is also a timeout and a limit.
  return text.replaceAll(/(port_value: |127\.0\.0\.1:)(\d+)/g, (whole, before: string, port: string) => {
    const other = replaced.get(Number(port));
    return other === undefined ? whole : `${before}${other}`;
  });
}

/** Free ports for a demo that runs at the same time as another one. */
export async function freePorts(): Promise<Ports> {
  const ports: Record<string, number> = {};
  for (const name of Object.keys(defaultPorts)) ports[name] = await freePort();
  return { ...defaultPorts, ...ports };
}
