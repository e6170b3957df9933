/** java.util.Comparator: the few that can be had are constants. */
export class JavaComparator {
  readonly compare: (a: unknown, b: unknown) => number;

  constructor(compare: (a: unknown, b: unknown) => number) {
    this.compare = compare;
  }
}
