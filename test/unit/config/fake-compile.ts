import { type CompiledTemplate, type CompileOptions, ExpressionError } from '../../../src/expression/index.ts';

export function fakeCompile(source: string, _options?: CompileOptions): CompiledTemplate {
  const open = source.indexOf('{#');
  if (open !== -1 && !source.includes('}', open))
    throw new ExpressionError('parse', 'expected }', source, source.length);
  const bad = source.indexOf('@@');
  if (bad !== -1) throw new ExpressionError('parse', 'unexpected @', source, bad);
  const has = (text: string): boolean => open !== -1 && source.includes(text);
  return {
    source,
    constant: open === -1 ? source : undefined,
    needs: {
      request: has('#request'),
      requestBody: has('#request.content'),
      response: has('#response'),
      responseBody: has('#response.content'),
      lambdaResponse: has('#lambdaResponse'),
      attributes: has('#context'),
      error: has('#error'),
    },
    evaluate: () => (open === -1 ? source : 'evaluated'),
    evaluateValue: () => (open === -1 ? source : 'evaluated'),
    evaluateBoolean: () => true,
  };
}
