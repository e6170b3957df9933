import { LRUCache } from 'lru-cache';
import { JavaException } from '../java-exception.ts';
import { dateTimeException, pad2 } from './local-date.ts';
import { fromLocalEpochSecond, type JavaLocalDateTime, localEpochSecond } from './local-date-time.ts';

/** java.time.ZoneId: a fixed offset (ZoneOffset), or a region of the time zone database. */
export class JavaZone {
  readonly id: string;
  /** Offset in seconds where it is fixed; regions ask the database. */
  readonly fixed: number | undefined;
  /** A ZoneOffset and not a region that happens to be fixed (`UTC`, `GMT+2`). */
  readonly isOffset: boolean;

  constructor(id: string, fixed: number | undefined, isOffset: boolean) {
    this.id = id;
    this.fixed = fixed;
    this.isOffset = isOffset;
  }
}

export function offsetZone(seconds: number): JavaZone {
  if (Math.abs(seconds) > 64_800) throw dateTimeException('Zone offset not in valid range: -18:00 to +18:00');
  return new JavaZone(offsetText(seconds), seconds, true);
}

export function offsetText(seconds: number): string {
  if (seconds === 0) return 'Z';
  const magnitude = Math.abs(seconds);
  const rest = magnitude % 60;
  const tail = rest === 0 ? '' : `:${pad2(rest)}`;
  return `${seconds < 0 ? '-' : '+'}${pad2(Math.floor(magnitude / 3600))}:${pad2(Math.floor(magnitude / 60) % 60)}${tail}`;
}

export const UTC = new JavaZone('UTC', 0, false);
export const UTC_OFFSET = offsetZone(0);

const OFFSET = /^([+-])(?:(\d)|(\d\d)(?::?([0-5]\d)(?::?([0-5]\d))?)?)$/;

/** ZoneOffset.of's forms: Z, +h, +hh, +hh:mm, +hhmm, +hh:mm:ss, +hhmmss. */
export function parseOffset(text: string): number | undefined {
  if (text === 'Z' || text === 'z') return 0;
  const match = OFFSET.exec(text);
  if (match === null) return undefined;
  const [, sign, single, hours = single, minutes = '0', seconds = '0'] = match;
  const total = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return sign === '-' ? -total : total;
}

/** Names come from expressions and may come from callers: the cache is bounded. */
const cache = new LRUCache<string, Intl.DateTimeFormat | typeof unknownZone>({ max: 200 });
const unknownZone = Symbol('unknown zone');

function regionFormat(id: string): Intl.DateTimeFormat | null {
  const known = cache.get(id);
  if (known !== undefined) return known === unknownZone ? null : known;
  let format: Intl.DateTimeFormat | null = null;
  try {
    format = new Intl.DateTimeFormat('en-US', { timeZone: id, timeZoneName: 'longOffset' });
    // Java's names are case-sensitive, Intl's are not.
    const resolved = format.resolvedOptions().timeZone;
    if (resolved !== id && resolved.toLowerCase() === id.toLowerCase()) format = null;
  } catch {
    // An unknown name: that is the answer.
  }
  cache.set(id, format ?? unknownZone);
  return format;
}

/** Zones that Java reaches only by its table of short names, which ZoneId.of does not read. */
const TIME_ZONE_ONLY = new Set(['EST', 'MST', 'HST', 'ROC']);

/** ZoneId.of. Throws DateTimeException for a text that is not a zone. */
export function zoneOf(id: string): JavaZone {
  const offset = parseOffset(id);
  if (offset !== undefined) return offsetZone(offset);
  if (id.startsWith('+') || id.startsWith('-'))
    throw dateTimeException(`Invalid ID for ZoneOffset, invalid format: ${id}`);
  const prefixed = /^(UTC|GMT|UT)([+-].*)?$/.exec(id);
  if (prefixed !== null) {
    const [, prefix = '', rest] = prefixed;
    if (rest === undefined) return new JavaZone(id, 0, false);
    const seconds = parseOffset(rest);
    if (seconds === undefined) throw dateTimeException(`Invalid ID for offset-based ZoneId: ${id}`);
    return new JavaZone(seconds === 0 ? prefix : prefix + offsetZone(seconds).id, seconds, false);
  }
  if (!/^[A-Za-z][A-Za-z0-9~/._+-]+$/.test(id))
    throw dateTimeException(`Invalid ID for region-based ZoneId, invalid format: ${id}`);
  if (id.length > 64 || TIME_ZONE_ONLY.has(id) || regionFormat(id) === null) {
    throw new JavaException('ZoneRulesException', `Unknown time-zone ID: ${id}`);
  }
  return new JavaZone(id, undefined, false);
}

/** Seconds east of UTC at an instant. */
export function offsetAt(zone: JavaZone, epochSecond: number): number {
  if (zone.fixed !== undefined) return zone.fixed;
  const format = regionFormat(zone.id);
  // Intl's dates end long before Java's years do; the rules do not change out there.
  const clamped = Math.max(-8.64e12, Math.min(8.64e12, epochSecond));
  const name = format?.formatToParts(clamped * 1000).find((part) => part.type === 'timeZoneName')?.value ?? 'GMT';
  return name === 'GMT' ? 0 : (parseOffset(name.slice(3).replace('−', '-')) ?? 0);
}

/** The offsets that a local time has in a zone: one, two in an overlap, none in a gap (then: before and after it). */
export function validOffsets(
  zone: JavaZone,
  local: JavaLocalDateTime,
): { offsets: number[]; before: number; after: number } {
  if (zone.fixed !== undefined) return { offsets: [zone.fixed], before: zone.fixed, after: zone.fixed };
  const second = localEpochSecond(local);
  const before = offsetAt(zone, second - 86_400);
  const after = offsetAt(zone, second + 86_400);
  const candidates = before === after ? [before] : [before, after];
  const offsets = candidates.filter((offset) => offsetAt(zone, second - offset) === offset);
  if (offsets.length === 0 && before === after) {
    // Two changes within two days (Morocco around Ramadan never does, history does): ask the instant itself.
    const offset = offsetAt(zone, second - before);
    return { offsets: [offset], before: offset, after: offset };
  }
  return { offsets, before, after };
}

/** java.time.ZonedDateTime. */
export class JavaZonedDateTime {
  readonly local: JavaLocalDateTime;
  readonly offset: number;
  readonly zone: JavaZone;

  constructor(local: JavaLocalDateTime, offset: number, zone: JavaZone) {
    this.local = local;
    this.offset = offset;
    this.zone = zone;
  }
}

/** java.time.OffsetDateTime, as far as its text goes. */
export class JavaOffsetDateTime {
  readonly local: JavaLocalDateTime;
  /** Seconds. */
  readonly offset: number;

  constructor(local: JavaLocalDateTime, offset: number) {
    this.local = local;
    this.offset = offset;
  }
}

/** ZonedDateTime.ofLocal: in an overlap the preferred offset or the earlier one, in a gap later by the gap. */
export function zonedOfLocal(local: JavaLocalDateTime, zone: JavaZone, preferred?: number): JavaZonedDateTime {
  const { offsets, before, after } = validOffsets(zone, local);
  const [first] = offsets;
  if (first === undefined) {
    const moved = fromLocalEpochSecond(localEpochSecond(local) + after - before, local.time.nano);
    return new JavaZonedDateTime(moved, after, zone);
  }
  const offset = preferred !== undefined && offsets.includes(preferred) ? preferred : first;
  return new JavaZonedDateTime(local, offset, zone);
}

export function zonedOfEpochSecond(second: number, nano: number, zone: JavaZone): JavaZonedDateTime {
  const offset = offsetAt(zone, second);
  return new JavaZonedDateTime(fromLocalEpochSecond(second + offset, nano), offset, zone);
}

export const zonedEpochSecond = (value: JavaZonedDateTime) => localEpochSecond(value.local) - value.offset;
