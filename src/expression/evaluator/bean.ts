import type { Run, Value } from '../value.ts';

/** A kind of object that the gateway gives to expressions: properties by name, nothing else. */
export interface BeanType<T> {
  /** For messages: `request`. */
  readonly name: string;
  readonly properties: ReadonlyMap<string, ReadProperty<T>>;
}

export type ReadProperty<T> = (target: T, run: Run) => Value;

/** One such object. It has no string form, and only the methods of Object. */
export class Bean {
  readonly type: BeanType<unknown>;
  readonly target: unknown;

  constructor(type: BeanType<unknown>, target: unknown) {
    this.type = type;
    this.target = target;
  }
}

/** The original also reads a getter by its own name: `request.getId`. */
export function beanType<T>(name: string, properties: Readonly<Record<string, ReadProperty<T>>>): BeanType<T> {
  const all = new Map<string, ReadProperty<T>>();
  for (const [property, read] of Object.entries(properties)) {
    all.set(property, read);
    all.set(`get${property.charAt(0).toUpperCase()}${property.slice(1)}`, read);
  }
  return { name, properties: all };
}

export const bean = <T>(type: BeanType<T>, target: T): Bean =>
  new Bean(type as BeanType<never> as BeanType<unknown>, target);
