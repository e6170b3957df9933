import type { EvaluationContext, ParameterScope } from '../expression/index.ts';
import { FormatError, type PathTemplate, percentDecode, type Resource } from '../formats/index.ts';

/** The resource of one step, for one request: found when something reads it. */
export class MatchedPath {
  readonly #resource: Resource;
  readonly #context: EvaluationContext;
  #template: PathTemplate | undefined;
  #isEvaluating = false;
  #matchedPath: string | undefined;
  #values: ReadonlyMap<string, string> | undefined;

  constructor(resource: Resource, context: EvaluationContext) {
    this.#resource = resource;
    this.#context = context;
  }

  /** Undefined while its own expressions are evaluated: they see no path parameters. Throws FormatError. */
  template(): PathTemplate | undefined {
    if (this.#template !== undefined || this.#isEvaluating) return this.#template;
    this.#isEvaluating = true;
    try {
      this.#template = this.#resource.template(this.#context);
    } finally {
      this.#isEvaluating = false;
    }
    return this.#template;
  }

  /** The values of its names as they were sent; undefined: the path does not match. Throws FormatError. */
  values(path: string): ReadonlyMap<string, string> | undefined {
    if (this.#matchedPath !== path) {
      const template = this.template();
      if (template === undefined) return undefined;
      this.#values = template.match(path);
      this.#matchedPath = path;
    }
    return this.#values;
  }

  /** The values decoded, for expressions; none if the path does not match, because then the step fails before its call. */
  parameters(path: string): ParameterScope | undefined {
    try {
      const values = this.values(path);
      return values && new Map([...values].map(([name, value]) => [name, [percentDecode(value)]]));
    } catch (error) {
      if (error instanceof FormatError) return undefined;
      throw error;
    }
  }
}
