import type { Server } from '@grpc/grpc-js';
import { HealthImplementation } from 'grpc-health-check';
import { SERVICE_NAME } from '../envoy-names.ts';

/** The service that Envoy's `grpc_health_check.service_name` asks for; the empty name is the whole server. */
const SERVICES = ['', SERVICE_NAME] as const;

/** grpc.health.v1: NOT_SERVING until `set(true)`, and again while draining. */
export class Health {
  readonly #implementation = new HealthImplementation(
    Object.fromEntries(SERVICES.map((service) => [service, 'NOT_SERVING'])),
  );

  addTo(server: Server): void {
    this.#implementation.addToServer(server);
  }

  set(serving: boolean): void {
    for (const service of SERVICES) this.#implementation.setStatus(service, serving ? 'SERVING' : 'NOT_SERVING');
  }
}
