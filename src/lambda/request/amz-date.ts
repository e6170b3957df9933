/** Time as SigV4 writes it. */
export interface AmzDate {
  /** YYYYMMDD'T'HHMMSS'Z' */
  readonly long: string;
  /** YYYYMMDD */
  readonly day: string;
}

/** Formats a time, remembering the last second: under load most requests share one. */
export class AmzClock {
  #second = Number.NaN;
  #date: AmzDate = { long: '', day: '' };

  format(milliseconds: number): AmzDate {
    const second = Math.floor(milliseconds / 1000);
    if (second !== this.#second) {
      const iso = new Date(second * 1000).toISOString();
      const long = `${iso.slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
      this.#date = { long, day: long.slice(0, 8) };
      this.#second = second;
    }
    return this.#date;
  }
}
