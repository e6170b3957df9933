/** java.lang.Double. */
export class JavaDouble {
  readonly value: number;
  readonly #written: string | undefined;

  /** `written`: how a JSON text writes it. */
  constructor(value: number, written?: string) {
    this.value = value;
    this.#written = written;
  }

  /** The original digits, for JSON made from the value: Java prints 1.10 as 1.1. Private, since they are not part of the value. */
  get written(): string | undefined {
    return this.#written;
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
