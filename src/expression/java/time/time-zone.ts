import type { JavaZone } from './zone.ts';

/** java.util.TimeZone. */
export class JavaTimeZone {
  readonly zone: JavaZone;

  constructor(zone: JavaZone) {
    this.zone = zone;
  }
}
