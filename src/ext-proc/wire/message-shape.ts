/** Field kinds of the messages, as much of protobuf as they use. */
export type FieldKind = 'enum' | 'bool' | 'bytes' | 'string' | 'int64' | 'int32' | 'double' | MessageShape;

/** A message: property → field number and kind; `repeated` for lists. */
export type MessageShape = ReadonlyMap<string, Field>;

export interface Field {
  readonly number: number;
  /** Resolved when it is used: shapes may refer to themselves. */
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

export function numberOf(message: MessageShape, field: string): number {
  const found = message.get(field);
  if (found === undefined) throw new Error(`no field ${field}`);
  return found.number;
}
