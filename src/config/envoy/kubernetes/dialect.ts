import type { DocumentPath } from '../../problem.ts';

/** How a kind of object expresses the settings of Envoy's configuration. */
export interface Dialect {
  /** The object's field that corresponds to a path of Envoy's fields below an origin. */
  fieldOf(path: DocumentPath): DocumentPath;
  /** A message of a rule, with the remedy in terms of the object's fields. */
  rephrase(message: string): string;
}

/** The object's field that corresponds to a field of Envoy's. */
export interface FieldWords {
  /** Its path in the object, below the origin; absent: the object has no such field. */
  readonly at?: DocumentPath | undefined;
  /** What to write instead of Envoy's `field: value`. */
  readonly write?: ((value: string) => string) | undefined;
}

export interface DialectOptions {
  /** By Envoy's name of the field, the last one of its path. */
  readonly fields: Readonly<Record<string, FieldWords>>;
  /** Follows `EnvoyExtensionPolicy has no field for …`. */
  readonly otherwise: string;
  readonly kind: string;
  /** Other phrases in messages of rules, and their replacements. */
  readonly phrases?: readonly (readonly [from: string, to: string])[];
}

/** The remedy of the rule for the second line of defence, for which a policy has no field. */
export const SECOND_LINE = 'add the RBAC filter of envoy/envoy.yaml after ext_proc';

/** The object contains Envoy's own messages: nothing needs to be translated. */
export const envoyItself: Dialect = { fieldOf: (path) => path, rephrase: (message) => message };

export function dialectOf({ fields, otherwise, kind, phrases = [] }: DialectOptions): Dialect {
  return {
    fieldOf(path) {
      // The innermost part of the path for which the object has a field.
      const known = path.map((part) => (Object.hasOwn(fields, part) ? fields[part]?.at : undefined));
      return known.findLast((at) => at !== undefined) ?? [];
    },
    rephrase(message) {
      const lacking = new Set<string>();
      const phrased = phrases.reduce((text, [from, to]) => text.replace(from, to), message);
      const told = phrased.replace(
        REMEDY,
        (whole, verb: string | undefined, field: string, value: string | undefined) => {
          const words = Object.hasOwn(fields, field) ? fields[field] : undefined;
          if (words === undefined) return whole;
          if (words.write !== undefined) return `${verb ?? ''}\`${words.write(value ?? '')}\``;
          if (verb === undefined && value === undefined) {
            lacking.add(field);
            return whole;
          }
          lacking.delete(field);
          return `${kind} has no field for \`${field}\`: ${otherwise}`;
        },
      );
      const [field] = lacking;
      return field === undefined ? told : `${told} (${kind} has no field for \`${field}\`: ${otherwise})`;
    },
  };
}

/** `write \`allow_mode_override: true\``, and names of fields in back ticks elsewhere. */
const REMEDY = /(write |or )?`([a-z][a-z_0-9]*)(?:: ([^`]*))?`/g;
