/** The threads at one position of a text, in the order in which the original would try them. */
export class Threads {
  /** The instruction of each. */
  readonly places: Int32Array;
  count = 0;
  /** What each has captured, one behind another. */
  readonly #captures: Int32Array;
  readonly #slots: number;
  readonly #seen: Int32Array;
  #generation = 1;

  constructor(instructions: number, slots: number) {
    this.places = new Int32Array(instructions);
    this.#captures = new Int32Array(instructions * slots);
    this.#slots = slots;
    this.#seen = new Int32Array(instructions);
  }

  clear(): void {
    this.count = 0;
    this.#generation++;
  }

  /** False when an instruction has been reached at this position before, by a thread that comes first. */
  reach(place: number): boolean {
    if (this.#seen[place] === this.#generation) return false;
    this.#seen[place] = this.#generation;
    return true;
  }

  add(place: number, captures: Int32Array): void {
    this.places[this.count] = place;
    if (this.#slots > 0) this.#captures.set(captures, this.count * this.#slots);
    this.count++;
  }

  capturesOf(index: number): Int32Array {
    return this.#captures.subarray(index * this.#slots, (index + 1) * this.#slots);
  }
}
