import { z } from 'zod';
import { finalStatus } from '../../http-syntax.ts';

/** The description of a field for editors and the reference page. */
export interface FieldMeta {
  readonly title: string;
  readonly description: string;
  /** The value if the field is absent or null. */
  readonly default?: unknown;
  readonly examples: readonly unknown[];
}

/** A field that may be absent or null, which mean the same. */
export function field<T extends z.ZodType>(type: T, meta: FieldMeta): z.ZodOptional<z.ZodNullable<T>> {
  return type
    .nullable()
    .optional()
    .meta({ ...meta });
}

export const text = z.string();
export const flag = z.boolean();
/** A template: text in which `{#…}` is evaluated for each request. */
export const template = z.string();

/** Leaves are checked when they are compiled. */
export const body = z
  .union([template, z.record(z.string(), z.unknown()), z.array(z.unknown())], {
    error: 'expected text in quotes, an object or a list',
  })
  .meta({
    id: 'body',
    title: 'Body',
    description: 'A template, or an object or a list with templates as its values, which is encoded as JSON.',
  });

export type BodyDocument = z.infer<typeof body>;

export function integer(minimum: number, maximum: number = 2 ** 31 - 1): z.ZodInt {
  return z.int().min(minimum).max(maximum);
}

export const httpStatus = integer(finalStatus.lowest, finalStatus.highest);
