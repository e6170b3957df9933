import type { CompiledTemplate, EvaluationContext } from '../expression/index.ts';
import { FormatError } from './format-error.ts';
import { evaluateField } from './json-text.ts';
import { percentDecode } from './percent-decode.ts';

type Segment =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'name'; readonly name: string }
  /** One segment or more, to the end of the path. */
  | { readonly kind: 'rest'; readonly name: string };

/** API Gateway's names of path parameters. */
const NAME = /^\{([A-Za-z0-9._:$-]+)(\+?)\}$/;

/** A path with names, as in API Gateway: `/users/{id}`, `/{proxy+}`. */
export class PathTemplate {
  readonly text: string;
  readonly #segments: readonly Segment[];

  private constructor(text: string, segments: readonly Segment[]) {
    this.text = text;
    this.#segments = segments;
  }

  /** A template, or why the text is not one. */
  static parse(text: string): PathTemplate | string {
    if (!text.startsWith('/')) return 'must begin with "/"';
    if (/[?#\s]/.test(text)) return 'must not have a query, a fragment or blanks';
    const names = new Set<string>();
    const segments: Segment[] = [];
    const parts = text.slice(1).split('/');
    for (const [index, part] of parts.entries()) {
      const [, name, plus] = NAME.exec(part) ?? [];
      if (name === undefined) {
        if (/[{}]/.test(part))
          return 'must have nothing but the name between two slashes, as in /users/{id} or /{proxy+}';
        segments.push({ kind: 'literal', text: percentDecode(part) });
        continue;
      }
      if (plus === '+' && index < parts.length - 1) return `must end with {${name}+}: it matches the rest of the path`;
      if (names.has(name)) return `must not have the name ${name} twice`;
      names.add(name);
      segments.push({ kind: plus === '+' ? 'rest' : 'name', name });
    }
    return new PathTemplate(text, segments);
  }

  /**
   * The values of its names in a path (without query), not decoded; undefined: the path does not match. Literals
   * are compared decoded, values of names are never empty.
   */
  match(path: string): ReadonlyMap<string, string> | undefined {
    if (!path.startsWith('/')) return undefined;
    const values = new Map<string, string>();
    let at = 1;
    for (const [index, segment] of this.#segments.entries()) {
      if (at > path.length) return undefined;
      const slash = segment.kind === 'rest' ? -1 : path.indexOf('/', at);
      const end = slash === -1 ? path.length : slash;
      const value = path.slice(at, end);
      if (segment.kind === 'literal' ? percentDecode(value) !== segment.text : value === '') return undefined;
      if (segment.kind !== 'literal') values.set(segment.name, value);
      at = end + 1;
      if (index === this.#segments.length - 1 && end < path.length) return undefined;
    }
    return values;
  }
}

/** `format.resource`: a path template whose text may hold expressions. */
export class Resource {
  readonly #source: CompiledTemplate;
  readonly #constant: PathTemplate | undefined;

  /** A constant text has been looked at before: it is a path template. */
  constructor(source: CompiledTemplate) {
    this.#source = source;
    const constant = source.constant === undefined ? undefined : PathTemplate.parse(source.constant);
    this.#constant = constant instanceof PathTemplate ? constant : undefined;
  }

  /** Throws FormatError. */
  template(context: EvaluationContext): PathTemplate {
    if (this.#constant !== undefined) return this.#constant;
    const text = evaluateField(this.#source, 'resource', context);
    const template = PathTemplate.parse(text ?? '');
    if (typeof template !== 'string') return template;
    throw new FormatError('format.resource is not a path template', {
      cause: new Error(`format.resource ${template}`),
    });
  }
}
