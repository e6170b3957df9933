import type { DocumentPath } from '../../problem.ts';

/** How a kind of object says what Envoy's configuration says. */
export interface Dialect {
  /** The field of the object for a path of Envoy's fields below an origin. */
  fieldOf(path: DocumentPath): DocumentPath;
  /** A message of a rule, with the remedy in the object's words. */
  rephrase(message: string): string;
}

/** A field of Envoy's in an object's words. */
export interface FieldWords {
  /** Where it is in the object, below the origin; absent: nowhere. */
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
  /** What no field says: words of rules, and those that take their place. */
  readonly phrases?: readonly (readonly [from: string, to: string])[];
}

/** What the rule for the second line of defence asks for, which no field of a policy can say. */
export const SECOND_LINE = 'add the RBAC filter of envoy/envoy.yaml after ext_proc';

/** The object holds Envoy's own messages: nothing is to be translated. */
export const envoyItself: Dialect = { fieldOf: (path) => path, rephrase: (message) => message };

export function dialectOf({ fields, otherwise, kind, phrases = [] }: DialectOptions): Dialect {
  return {
    fieldOf(path) {
      // The nearest field that the object has a word for.
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
