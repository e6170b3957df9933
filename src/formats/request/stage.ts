import type { TransactionView } from '../format.ts';
import { FormatError } from '../format-error.ts';
import type { FormatOptions } from '../format-options.ts';
import { TextField } from '../json-text.ts';

/** What API Gateway accepts as a stage's name. Anything else would change the path in the event. */
export function isStageName(text: string): boolean {
  return /^(?:\$default|[\w-]+)$/.test(text);
}

/** `format.stage`, or the stage of a step that has none. */
export class Stage {
  readonly #field: TextField;

  constructor({ stage }: FormatOptions, otherwise: string) {
    this.#field = new TextField('stage', stage, otherwise);
  }

  /** Throws FormatError: an expression may give a value that a caller chose. */
  of(transaction: TransactionView): string {
    const name = this.#field.text(transaction);
    if (isStageName(name)) return name;
    throw new FormatError('format.stage is not the name of a stage');
  }
}
