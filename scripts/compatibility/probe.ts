import type { Backend } from '../../test/support/backend.ts';
import type { RunningEnvoy } from '../../test/support/envoy.ts';
import type { BodyMode, ProcessingMode, RouteOptions } from '../../test/support/envoy-config.ts';
import type { Behaviour, ProbeServer } from './probe-server.ts';

/** A feature that one version of Envoy may have and another may not. */
export interface Probe {
  /** The row of the page. */
  readonly title: string;
  readonly route?: Partial<RouteOptions>;
  /** The behaviour of the server for this probe. */
  readonly behave: Behaviour;
  /** The cell of the page. */
  run(scene: Scene): Promise<Cell>;
}

/** `yes`, `no`, or a text: what is missing, or what happens instead. */
export type Cell = 'yes' | 'no' | (string & {});

/** An Envoy and the other parties, which a probe simulates. */
export interface Scene {
  /** `http://127.0.0.1:PORT` of the tested Envoy. */
  readonly url: string;
  /** The path of the probe's route. */
  readonly path: string;
  /** The probe's streams so far. */
  readonly streams: () => ReturnType<ProbeServer['streams']>;
  readonly envoy: RunningEnvoy;
  readonly backend: Backend;
  /** Minor version of Envoy: 40 for 1.40. */
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
