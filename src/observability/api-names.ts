import { LabelValues, OTHER } from './label-values.ts';

/** Limit for inline policies: however many there are, they use no label values of the document's APIs. */
const INLINE = /^inline:/;

export function isInline(api: string): boolean {
  return INLINE.test(api);
}

/** Names of APIs as label values: 200 of the document and 50 of inline policies, then `other` and `inline:other`. */
export class ApiNames {
  readonly #document = new LabelValues(200);
  readonly #inline = new LabelValues(50);

  bound(api: string): string {
    if (!isInline(api)) return this.#document.bound(api);
    const name = this.#inline.bound(api);
    return name === OTHER ? `inline:${OTHER}` : name;
  }
}
