/** java.util.Comparator: the few available ones are constants. */
export class JavaComparator {
  readonly compare: (a: unknown, b: unknown) => number;

  constructor(compare: (a: unknown, b: unknown) => number) {
    this.compare = compare;
  }
}
