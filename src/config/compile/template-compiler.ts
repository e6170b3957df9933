import {
  type CompiledTemplate,
  compileTemplate,
  ExpressionError,
  SecretRefused,
  type SecretSource,
} from '../../expression/index.ts';
import type { DocumentPath } from '../problem.ts';
import type { Reporter } from './reporter.ts';

/** Response templates have it beside the variables that every expression may use. */
const DOCUMENT_VARIABLES = ['parameters'] as const;

/** Compiles the texts of one document and reports those that do not parse, with their place. */
export class TemplateCompiler {
  readonly reporter: Reporter;
  readonly #secrets: SecretSource;

  constructor(reporter: Reporter, secrets: SecretSource) {
    this.reporter = reporter;
    this.#secrets = secrets;
  }

  compile(path: DocumentPath, text: string): CompiledTemplate | undefined {
    const template = this.#tryCompile(path, text, false);
    for (const { offset, message } of template?.doubts(DOCUMENT_VARIABLES) ?? []) {
      // Warnings are shown on the admin port too: nothing of the text but the name itself.
      this.reporter.warnInText(path, offset, `${message}, at character ${offset + 1} of the text`);
    }
    return template;
  }

  /** Of a field that may hold a secret: an error tells the place and nothing of the text. `#secrets` where `mayRead`. */
  compileSecret(path: DocumentPath, text: string, mayRead: boolean): CompiledTemplate | undefined {
    if (!mayRead && text.includes('#secrets')) {
      this.reporter.error(path, 'inline policies may not read secrets');
      return undefined;
    }
    return this.#tryCompile(path, text, true, mayRead);
  }

  #tryCompile(path: DocumentPath, text: string, isSecret: boolean, secrets = false): CompiledTemplate | undefined {
    try {
      return compileTemplate(text, secrets ? { secrets: this.#secrets } : {});
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

/** Where it is, and the expression around, the place marked by `▸`; literal text before it stays out. */
function place(text: string, offset: number): string {
  const begin = Math.max(text.lastIndexOf('{#', offset), offset - 40, 0);
  const before = text.slice(begin, offset).replace(/\s+/g, ' ');
  const after = text.slice(offset, offset + 24).replace(/\s+/g, ' ');
  return `at character ${offset + 1} of the text: ${before}▸${after}`;
}
