/** java.lang.Double. */
export class JavaDouble {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** java.lang.Float. */
export class JavaFloat {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** java.lang.Short. */
export class JavaShort {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** java.lang.Byte. */
export class JavaByte {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** java.lang.Character: one UTF-16 unit. */
export class JavaChar {
  readonly code: number;

  constructor(code: number) {
    this.code = code;
  }
}

/** A Java array. Bytes are plain numbers, all other items values of the language. */
export class JavaArray {
  /** `byte`, `java.lang.String` … */
  readonly component: string;
  readonly items: readonly unknown[];

  constructor(component: string, items: readonly unknown[]) {
    this.component = component;
    this.items = items;
  }
}
