import { enumConstants, type JavaEnum } from '../java-enum.ts';

export const MONTHS = enumConstants('java.time.Month', [
  'JANUARY',
  'FEBRUARY',
  'MARCH',
  'APRIL',
  'MAY',
  'JUNE',
  'JULY',
  'AUGUST',
  'SEPTEMBER',
  'OCTOBER',
  'NOVEMBER',
  'DECEMBER',
]);

export const WEEKDAYS = enumConstants('java.time.DayOfWeek', [
  'MONDAY',
  'TUESDAY',
  'WEDNESDAY',
  'THURSDAY',
  'FRIDAY',
  'SATURDAY',
  'SUNDAY',
]);

export const ERAS = enumConstants('java.time.chrono.IsoEra', ['BCE', 'CE']);

export const FORMAT_STYLES = enumConstants('java.time.format.FormatStyle', ['FULL', 'LONG', 'MEDIUM', 'SHORT']);

export const RESOLVER_STYLES = enumConstants('java.time.format.ResolverStyle', ['STRICT', 'SMART', 'LENIENT']);

/** Months and weekdays count from 1. */
export const monthEnum = (month: number) => Object.values(MONTHS)[month - 1] as JavaEnum;

export const weekdayEnum = (day: number) => Object.values(WEEKDAYS)[day - 1] as JavaEnum;
