import type { Backend } from '../../test/support/backend.ts';
import type { RunningEnvoy } from '../../test/support/envoy.ts';
import type { BodyMode, ProcessingMode, RouteOptions } from '../../test/support/envoy-config.ts';
import type { Behaviour, ProbeServer } from './probe-server.ts';

/** Something that one Envoy may be able to do and another not. */
export interface Probe {
  /** The row of the page. */
  readonly title: string;
  readonly route?: Partial<RouteOptions>;
  /** What the server does for it. */
  readonly behave: Behaviour;
  /** The cell of the page. */
  run(scene: Scene): Promise<Cell>;
}

/** Or what is missing, or what happens instead. */
export type Cell = 'yes' | 'no' | (string & {});

/** An Envoy between the parts that a probe plays. */
export interface Scene {
  /** `http://127.0.0.1:PORT` of the Envoy that the probe is about. */
  readonly url: string;
  /** The path of the probe's route. */
  readonly path: string;
  /** Its streams so far. */
  readonly streams: () => ReturnType<ProbeServer['streams']>;
  readonly envoy: RunningEnvoy;
  readonly backend: Backend;
  /** Of Envoy: the 40 of 1.40. */
  readonly minor: number;
}

export const yesOrNo = (isSo: boolean): Cell => (isSo ? 'yes' : 'no');

export const headersOnly: ProcessingMode = { request_header_mode: 'SEND', response_header_mode: 'SKIP' };

/** Everything is sent, in both directions. */
export function everything(mode: BodyMode): ProcessingMode {
  const trailers = mode === 'FULL_DUPLEX_STREAMED' ? 'SEND' : 'SKIP';
  return {
    request_header_mode: 'SEND',
    response_header_mode: 'SEND',
    request_body_mode: mode,
    response_body_mode: mode,
    request_trailer_mode: trailers,
    response_trailer_mode: trailers,
  };
}
