/** The kinds of fields that the messages of this folder have. */
export type FieldKind = 'enum' | 'bool' | 'bytes' | 'string' | 'int64' | 'int32' | 'double' | MessageShape;

/** A message: its fields by property name. */
export type MessageShape = ReadonlyMap<string, Field>;

export interface Field {
  readonly number: number;
  /** A function, because a shape may refer to itself. */
  readonly kind: () => FieldKind;
  readonly repeated: boolean;
  /** Names of an enum's values. */
  readonly names?: Readonly<Record<string, number>> | undefined;
  /** A map with string keys: its values are of `kind`. */
  readonly map: boolean;
}

type FieldDefinition = readonly [
  number: number,
  kind: FieldKind | (() => FieldKind),
  options?: Partial<Pick<Field, 'repeated' | 'map' | 'names'>>,
];

/** Defines a message. */
export function shape(fields: Readonly<Record<string, FieldDefinition>>): MessageShape {
  return new Map(
    Object.entries(fields).map(([name, [number, kind, options]]) => [
      name,
      {
        number,
        kind: typeof kind === 'function' ? kind : () => kind,
        repeated: options?.repeated ?? false,
        map: options?.map ?? false,
        names: options?.names,
      },
    ]),
  );
}

/** The number of a field. Throws if there is none. */
export function numberOf(message: MessageShape, field: string): number {
  const found = message.get(field);
  if (found === undefined) throw new Error(`no field ${field}`);
  return found.number;
}
