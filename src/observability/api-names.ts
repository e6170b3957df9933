import { LabelValues, OTHER } from './label-values.ts';

/** Of inline policies, which a route brings along: however many there are, they take nothing from those of the document. */
const INLINE = /^inline:/;

export function isInline(api: string): boolean {
  return INLINE.test(api);
}

/** Names of APIs as values of a label: 200 of the document and 50 inline ones, then `other` and `inline:other`. */
export class ApiNames {
  readonly #document = new LabelValues(200);
  readonly #inline = new LabelValues(50);

  bound(api: string): string {
    if (!isInline(api)) return this.#document.bound(api);
    const name = this.#inline.bound(api);
    return name === OTHER ? `inline:${OTHER}` : name;
  }
}
