import type { Json } from '../commented-yaml.ts';

export const type = (name: string): string => `type.googleapis.com/envoy.${name}`;

export function address(host: string, port: number): Json {
  return { socket_address: { address: host, port_value: port } };
}

/** Milliseconds as Envoy writes durations. */
export function seconds(ms: number): string {
  return `${ms / 1000}s`;
}
