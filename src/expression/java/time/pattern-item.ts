/** What a DateTimeFormatter is made of; printing and parsing walk the same items. */
export type Field =
  | 'Era'
  | 'Year'
  | 'YearOfEra'
  | 'MonthOfYear'
  | 'DayOfMonth'
  | 'DayOfYear'
  | 'DayOfWeek'
  | 'QuarterOfYear'
  | 'AlignedWeekOfMonth'
  | 'AlignedDayOfWeekInMonth'
  | 'ModifiedJulianDay'
  | 'WeekBasedYear'
  | 'WeekOfWeekBasedYear'
  | 'WeekOfMonth'
  | 'LocalizedDayOfWeek'
  | 'IsoWeekBasedYear'
  | 'IsoWeekOfWeekBasedYear'
  | 'AmPmOfDay'
  | 'HourOfAmPm'
  | 'ClockHourOfAmPm'
  | 'HourOfDay'
  | 'ClockHourOfDay'
  | 'MinuteOfHour'
  | 'SecondOfMinute'
  | 'NanoOfSecond'
  | 'MilliOfDay'
  | 'NanoOfDay';

export type TextStyle = 'long' | 'short' | 'narrow';

/** Java's SignStyle: which signs a number may or must carry. */
export type SignStyle = 'normal' | 'notNegative' | 'exceedsPad';

export interface NumberItem {
  readonly kind: 'number';
  readonly field: Field;
  readonly min: number;
  readonly max: number;
  readonly sign: SignStyle;
  /** Two-digit years count from here. */
  readonly base: number | undefined;
  /** Digits that the directly following numbers of fixed width need for themselves. */
  subsequent: number;
  /** Directly after another number: exactly its width is read. */
  adjacent: boolean;
}

export interface FractionItem {
  readonly kind: 'fraction';
  readonly min: number;
  readonly max: number;
  readonly point: boolean;
}

export type Item =
  | NumberItem
  | FractionItem
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'text'; readonly field: Field; readonly style: TextStyle; readonly standalone: boolean }
  | { readonly kind: 'dayPeriod'; readonly style: TextStyle }
  | { readonly kind: 'offset'; readonly pattern: string; readonly none: string }
  | { readonly kind: 'localizedOffset'; readonly style: TextStyle }
  /** `regionOnly`: an offset does not count as a zone. */
  | { readonly kind: 'zoneId'; readonly regionOnly: boolean }
  | { readonly kind: 'zoneText'; readonly style: TextStyle; readonly generic: boolean }
  | { readonly kind: 'instant' }
  | { readonly kind: 'mode'; readonly mode: 'insensitive' | 'sensitive' | 'lenient' | 'strict' }
  | { readonly kind: 'pad'; readonly item: Item; readonly width: number }
  | { readonly kind: 'optional'; readonly items: readonly Item[] };

/** java.time.format.DateTimeFormatter. */
export class JavaDateTimeFormatter {
  readonly items: readonly Item[];
  /** BCP 47 tag. */
  readonly locale: string;
  /** STRICT for the ISO constants, SMART for patterns; LENIENT only by withResolverStyle. */
  readonly resolver: 'STRICT' | 'SMART' | 'LENIENT';
  /** Zone that overrides or completes what is printed and parsed. */
  readonly zone: string | undefined;

  constructor(
    items: readonly Item[],
    locale = 'en-US',
    resolver: 'STRICT' | 'SMART' | 'LENIENT' = 'SMART',
    zone: string | undefined = undefined,
  ) {
    this.items = items;
    this.locale = locale;
    this.resolver = resolver;
    this.zone = zone;
  }
}

/** Collects items as DateTimeFormatterBuilder does: numbers that touch share their digits. */
export class ItemList {
  readonly items: Item[] = [];
  #active: NumberItem | undefined;

  number(field: Field, min = 1, max = 19, sign: SignStyle = 'normal', base?: number): this {
    return this.#value({ kind: 'number', field, min, max, sign, base, subsequent: 0, adjacent: false });
  }

  fixed(field: Field, width: number): this {
    return this.number(field, width, width, 'notNegative');
  }

  fraction(min: number, max: number, point: boolean): this {
    const item: FractionItem = { kind: 'fraction', min, max, point };
    if (min === max && !point && this.#active !== undefined) this.#active.subsequent += max;
    else this.#active = undefined;
    this.items.push(item);
    return this;
  }

  literal(text: string): this {
    return text === '' ? this : this.add({ kind: 'literal', text });
  }

  add(item: Item): this {
    this.#active = undefined;
    this.items.push(item);
    return this;
  }

  #value(item: NumberItem): this {
    const active = this.#active;
    if (active !== undefined) {
      if (item.min === item.max && item.sign === 'notNegative') {
        active.subsequent += item.max;
        item.adjacent = true;
      } else {
        active.adjacent = active.subsequent === 0 || active.adjacent;
        this.#active = item;
      }
    } else {
      this.#active = item;
    }
    this.items.push(item);
    return this;
  }
}
