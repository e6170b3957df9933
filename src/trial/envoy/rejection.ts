/** Envoy rejects a reply and answers 500 by itself. `message` says why, in Envoy's terms. */
export class EnvoyRejection extends Error {
  override readonly name = 'EnvoyRejection';
}
