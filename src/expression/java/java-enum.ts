/** A constant of a Java enum: its text is its name. */
export class JavaEnum {
  /** The enum in full, `java.math.RoundingMode`. */
  readonly type: string;
  readonly name: string;
  readonly ordinal: number;

  constructor(type: string, name: string, ordinal: number) {
    this.type = type;
    this.name = name;
    this.ordinal = ordinal;
  }
}

/** The constants of an enum by name, in order. */
export function enumConstants(type: string, names: readonly string[]): Readonly<Record<string, JavaEnum>> {
  return Object.fromEntries(names.map((name, ordinal) => [name, new JavaEnum(type, name, ordinal)]));
}
