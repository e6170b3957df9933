/** java.util.UUID. */
export class JavaUuid {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}
