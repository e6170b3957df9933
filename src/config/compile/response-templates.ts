import { suggestion } from '../../closest.ts';
import type { BodyTemplate } from '../../expression/index.ts';
import { isHeaderValue } from '../../http-syntax.ts';
import { errorCatalogue, type ResponseTemplate, type ResponseTemplates } from '../../policy/index.ts';
import type { DocumentPath } from '../problem.ts';
import type { ResponseTemplatesDocument } from '../schema/index.ts';
import { type BodyScope, compileBody } from './body.ts';
import { judgeHeader } from './header-names.ts';
import { HEADER_CONTROLS } from './message-templates.ts';
import type { TemplateCompiler } from './template-compiler.ts';

const MEDIA_TYPE_SYNTAX = /^(?:\*\/\*|[\w!#$&^.+-]+\/(?:\*|[\w!#$&^.+-]+))$/;

export function compileResponseTemplates(
  document: ResponseTemplatesDocument | null | undefined,
  path: DocumentPath,
  compiler: TemplateCompiler,
): ResponseTemplates {
  const { reporter } = compiler;
  const templates = new Map<string, ReadonlyMap<string, ResponseTemplate>>();
  for (const [key, byType] of Object.entries(document ?? {})) {
    const keyPath = [...path, key];
    if (key !== 'DEFAULT' && !isErrorKey(key)) {
      const known = ['DEFAULT', ...Object.keys(errorCatalogue)];
      reporter.warn(keyPath, `is not an error key of this server${suggestion(key, known)}`, 'key');
    }
    const compiled = new Map<string, ResponseTemplate>();
    for (const [mediaType, template] of Object.entries(byType)) {
      const typePath = [...keyPath, mediaType];
      if (!MEDIA_TYPE_SYNTAX.test(mediaType)) {
        reporter.warn(typePath, 'never fits: expected type/subtype without parameters, or */*', 'key');
      }
      const headers = Object.entries(template.headers ?? {}).flatMap(([name, text]) => {
        const headerPath = [...typePath, 'headers', name];
        const verdict = judgeHeader(name.toLowerCase());
        if (verdict.kind === 'error') reporter.error(headerPath, verdict.reason, 'key');
        const value = compiler.compile(headerPath, text);
        const fixed = value === undefined ? null : compiler.fixedText(value);
        if (typeof fixed === 'string' && !isHeaderValue(fixed)) reporter.error(headerPath, HEADER_CONTROLS);
        return value === undefined ? [] : [[name, value] as const];
      });
      const body = compileBody(template.body || undefined, [...typePath, 'body'], scopeOf(compiler));
      if (body !== undefined) checkBody(body, [...typePath, 'body'], compiler);
      compiled.set(mediaType, {
        status: template.status,
        headers,
        body,
        propagateErrorKeyToLogs: template.propagateErrorKeyToLogs ?? false,
      });
    }
    templates.set(key, compiled);
  }
  return templates;
}

/** Paths are those of the document. */
function scopeOf(compiler: TemplateCompiler): BodyScope {
  const { reporter } = compiler;
  return {
    template: (path, text) => compiler.compile(path, text),
    error: (path, message, part) => reporter.error(path, message, part),
    warnInText: (path, offset, message) => reporter.warnInText(path, offset, message),
    numberText: (path, value) => reporter.numberText(path, value),
  };
}

/** Whether this server has an error with this key. */
export function isErrorKey(key: string): boolean {
  return Object.hasOwn(errorCatalogue, key);
}

function checkBody(body: BodyTemplate, path: DocumentPath, compiler: TemplateCompiler): void {
  // An error can occur before any body arrives, and templates alone do not make Envoy buffer one.
  if (body.needs.requestBody || body.needs.responseBody) {
    compiler.reporter.warn(
      path,
      'a body is available here only if a policy of the same API has read it before the error',
    );
  }
}
