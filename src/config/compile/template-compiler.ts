import {
  type CompiledTemplate,
  compileTemplate,
  ExpressionError,
  SecretRefused,
  type SecretSource,
} from '../../expression/index.ts';
import type { DocumentPath } from '../problem.ts';
import type { FixedValues } from './fixed-values.ts';
import { foreignSyntaxOf } from './foreign-syntax.ts';
import type { Reporter } from './reporter.ts';

/** Response templates have this variable in addition to those of every expression. */
const DOCUMENT_VARIABLES = ['parameters'] as const;

/** Compiles the texts of one document and reports those that do not parse, or that fail for every request, with their place. */
export class TemplateCompiler {
  readonly reporter: Reporter;
  readonly #secrets: SecretSource;
  readonly #fixed: FixedValues | undefined;

  /** `fixed`: what is the same for all requests; undefined if that is not known. */
  constructor(reporter: Reporter, secrets: SecretSource, fixed?: FixedValues) {
    this.reporter = reporter;
    this.#secrets = secrets;
    this.#fixed = fixed;
  }

  /** The same compiler for the texts of one API. */
  withFixed(fixed: FixedValues): TemplateCompiler {
    return new TemplateCompiler(this.reporter, this.#secrets, fixed);
  }

  compile(path: DocumentPath, text: string): CompiledTemplate | undefined {
    const template = this.#tryCompile(path, text, false);
    if (template === undefined) return undefined;
    for (const { offset, message } of foreignSyntaxOf(text)) this.reporter.warnInText(path, offset, message);
    const doubts = template.doubts(DOCUMENT_VARIABLES);
    for (const { offset, message, fails } of doubts) {
      // Warnings are also shown on the admin port, so they contain nothing of the text but the name itself.
      const at = `at character ${offset + 1} of the text`;
      if (fails) this.reporter.errorInText(path, offset, `${message}, ${at}: it fails for every request`);
      else this.reporter.warnInText(path, offset, `${message}, ${at}`);
    }
    const failure = doubts.some(({ fails }) => fails) ? undefined : this.#fixed?.failureOf(template);
    if (failure !== undefined) {
      const message = `${failure.message}, at character ${failure.offset + 1} of the text: it fails for every request`;
      this.reporter.errorInText(path, failure.offset, message);
    }
    return template;
  }

  /** A template's text, or null, if it is the same for every request; undefined if it depends on the request or fails. */
  fixedText(template: CompiledTemplate): string | null | undefined {
    return template.constant ?? this.#fixed?.textOf(template);
  }

  /** The same for a condition; `invalid` if the value is neither true nor false. */
  fixedCondition(template: CompiledTemplate): boolean | 'invalid' | undefined {
    return this.#fixed?.conditionOf(template);
  }

  /** For a field that may contain a secret: an error names the place but not the text. `mayRead`: `#secrets` may be used. */
  compileSecret(path: DocumentPath, text: string, mayRead: boolean): CompiledTemplate | undefined {
    if (!mayRead && text.includes('#secrets')) {
      this.reporter.error(path, 'inline policies may not read secrets');
      return undefined;
    }
    const template = this.#tryCompile(path, text, true, mayRead);
    if (template === undefined) return undefined;
    for (const { offset, message } of foreignSyntaxOf(text)) this.reporter.warnInText(path, offset, message);
    for (const secret of template.secrets) {
      const absence = this.#secrets.absence?.(secret);
      if (absence?.final) this.reporter.error(path, `${absence.reason}: set it where this process is started`);
      else if (absence !== undefined) this.reporter.warn(path, `${absence.reason}: requests fail until it is there`);
    }
    return template;
  }

  #tryCompile(path: DocumentPath, text: string, isSecret: boolean, secrets = false): CompiledTemplate | undefined {
    try {
      const origin = () => this.reporter.originOf(path);
      return compileTemplate(text, secrets ? { secrets: this.#secrets, origin } : { origin });
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      this.reporter.errorInText(path, error.offset, messageOf(error, text, isSecret));
      return undefined;
    }
  }
}

function messageOf(error: ExpressionError, text: string, isSecret: boolean): string {
  if (error instanceof SecretRefused) return error.message;
  return isSecret
    ? `the expression does not parse at character ${error.offset + 1} of the text`
    : `${error.message}, ${place(text, error.offset)}`;
}

/** The position, and the expression around it with the position marked by `▸`; without the literal text before the expression. */
function place(text: string, offset: number): string {
  const begin = Math.max(text.lastIndexOf('{#', offset), offset - 40, 0);
  const before = text.slice(begin, offset).replace(/\s+/g, ' ');
  const after = text.slice(offset, offset + 24).replace(/\s+/g, ' ');
  return `at character ${offset + 1} of the text: ${before}▸${after}`;
}
