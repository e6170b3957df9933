import type { CompiledTemplate } from '../../expression/index.ts';
import type { DocumentPath } from '../problem.ts';
import type { ConfigurationDocument } from '../schema/index.ts';
import type { StepRights } from './step-rights.ts';
import type { TemplateCompiler } from './template-compiler.ts';

/** The step's own fields, and those of `defaults` below them. */
export interface ConfigurationLayers {
  readonly own: ConfigurationDocument | null | undefined;
  readonly defaults: ConfigurationDocument | null | undefined;
}

/** Fields that are evaluated after the function has answered. */
const AFTER_CALL: ReadonlySet<unknown> = new Set(['variables', 'sendToConsumer', 'mutations', 'answer']);

/**
 * One step's configuration while it is compiled. Callers pass paths relative to it; problems are reported at the real place of the value,
 * in the step or in `defaults`. Remembers every template, to find out what the step needs from a transaction.
 */
export class ConfigurationScope {
  readonly templates: CompiledTemplate[] = [];
  /** Those of them that are evaluated before the function is called. */
  readonly beforeCall: CompiledTemplate[] = [];
  readonly #places = new Map<CompiledTemplate, DocumentPath>();
  readonly #compiler: TemplateCompiler;
  readonly #layers: ConfigurationLayers;
  readonly #path: DocumentPath;
  readonly #author: StepRights['author'];

  constructor(
    compiler: TemplateCompiler,
    layers: ConfigurationLayers,
    path: DocumentPath,
    author: StepRights['author'],
  ) {
    this.#compiler = compiler;
    this.#layers = layers;
    this.#path = path;
    this.#author = author;
  }

  /** Whether it is an inline policy. */
  get isInline(): boolean {
    return this.#author === 'route';
  }

  template(path: DocumentPath, text: string | null | undefined): CompiledTemplate | undefined {
    if (text === null || text === undefined) return undefined;
    return this.#remember(path, this.#compiler.compile(this.origin(path), text));
  }

  /** A field that may read secrets; what a route brings reads none. */
  secret(path: DocumentPath, text: string | null | undefined): CompiledTemplate | undefined {
    if (text === null || text === undefined) return undefined;
    const mayRead = this.#author === 'document' || !this.#isSaid(path);
    return this.#remember(path, this.#compiler.compileSecret(this.origin(path), text, mayRead));
  }

  /**
   * The field's text if it is the same for every request; undefined if it depends on the request. An expression that never gives a text
   * is reported, because the server refuses to call without the field.
   */
  fixedText(path: DocumentPath, template: CompiledTemplate): string | undefined {
    const text = this.#compiler.fixedText(template);
    if (text === undefined || template.constant !== undefined) return template.constant;
    if (text !== null && text.trim() !== '') return text;
    this.error(path, 'the expression gives no text, so every request fails: check it for a misspelt name');
    return undefined;
  }

  /** Like `fixedText`, for a field that may have no text. */
  fixedValue(template: CompiledTemplate): string | undefined {
    return this.#compiler.fixedText(template) ?? undefined;
  }

  /** See TemplateCompiler. */
  fixedCondition(template: CompiledTemplate): boolean | 'invalid' | undefined {
    return this.#compiler.fixedCondition(template);
  }

  /** The value is that of `defaults`, even if the step repeats it. */
  isInherited(path: DocumentPath): boolean {
    if (!this.#isSaid(path)) return true;
    const [top = ''] = path;
    const { own, defaults } = this.#layers;
    return said(valueAt(own, [top])) === said(valueAt(defaults, [top]));
  }

  /** The place of a template of the step, relative to its configuration. */
  placeOf(template: CompiledTemplate): DocumentPath {
    return this.#places.get(template) ?? [];
  }

  /** The step itself has exactly this field. */
  says(path: DocumentPath): boolean {
    return has(this.#layers.own, path);
  }

  /** See Source. */
  isUnwritten(path: DocumentPath): boolean {
    return this.#compiler.reporter.isUnwritten(this.origin(path));
  }

  error(path: DocumentPath, message: string, part?: 'key' | 'value'): void {
    this.#compiler.reporter.error(this.origin(path), message, part);
  }

  /** Reports an error at an absolute place of the document, outside the configuration. */
  errorAt(path: DocumentPath, message: string): void {
    this.#compiler.reporter.error(path, message);
  }

  warn(path: DocumentPath, message: string, part?: 'key' | 'value'): void {
    this.#compiler.reporter.warn(this.origin(path), message, part);
  }

  /** See Reporter. */
  warnInText(path: DocumentPath, offset: number, message: string): void {
    this.#compiler.reporter.warnInText(this.origin(path), offset, message);
  }

  /** See Reporter. */
  numberText(path: DocumentPath, value: number): string {
    return this.#compiler.reporter.numberText(this.origin(path), value);
  }

  origin(path: DocumentPath): DocumentPath {
    const { own, defaults } = this.#layers;
    return !has(own, path) && has(defaults, path) ? ['defaults', ...path] : [...this.#path, ...path];
  }

  /** The step itself has the field, or the one that holds it. */
  #isSaid([top = '']: DocumentPath): boolean {
    return valueAt(this.#layers.own, [top]) !== undefined;
  }

  #remember(path: DocumentPath, template: CompiledTemplate | undefined): CompiledTemplate | undefined {
    if (template === undefined) return undefined;
    const [field] = path;
    this.templates.push(template);
    this.#places.set(template, path);
    if (!AFTER_CALL.has(field)) this.beforeCall.push(template);
    return template;
  }
}

/** Null and blank texts count as absent. */
function said(value: unknown): string | undefined {
  return value === null || (typeof value === 'string' && value.trim() === '') ? undefined : JSON.stringify(value);
}

function has(data: unknown, path: DocumentPath): boolean {
  return valueAt(data, path) !== undefined;
}

function valueAt(data: unknown, path: DocumentPath): unknown {
  let value = data;
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string | number, unknown>)[part];
  }
  return value;
}
