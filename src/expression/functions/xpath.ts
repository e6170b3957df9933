import { LRUCache } from 'lru-cache';
import { javaText } from '../java/object.ts';
import { EvaluationFailure, JavaDouble, newList, type Run, type Value } from '../value.ts';
import { XmlError } from './xml/xml-error.ts';
import { XmlNode } from './xml/xml-node.ts';
import { parseXml } from './xml/xml-parser.ts';
import type { XPathExpression } from './xml/xpath-ast.ts';
import { evaluateXPath } from './xml/xpath-evaluator.ts';
import { nodeSet } from './xml/xpath-functions.ts';
import { parseXPath } from './xml/xpath-parser.ts';
import { toBoolean, toNumber, toText } from './xml/xpath-value.ts';

const expressions = new LRUCache<string, XPathExpression>({ max: 256 });
/** Longer ones are compiled each time, so that the cache stays small. */
const MAX_CACHED_LENGTH = 1024;

/** What the third argument asks for. */
type XPathResult = 'string' | 'boolean' | 'number' | 'node' | 'node_list' | 'document_list';

const RESULTS: ReadonlySet<string> = new Set<XPathResult>([
  'string',
  'boolean',
  'number',
  'node',
  'node_list',
  'document_list',
]);

const isResult = (text: string): text is XPathResult => RESULTS.has(text);

/**
 * `#xpath(text, path[, result])`: what an XPath 1.0 expression finds in an XML document, as text by default. The
 * document is read without namespaces then, so a prefix in the path matches nothing; with a third argument it is read
 * with them. Nodes are values that only another xpath takes.
 * @throws EvaluationFailure
 */
export function xpath(source: Value, path: string | null, result: string | null, run: Run): Value {
  if (source === null || source === undefined) throw new EvaluationFailure('xpath(): there is nothing to search in');
  if (path === null) throw new EvaluationFailure('xpath(): the path is missing');
  if (result !== null && !isResult(result)) {
    throw new EvaluationFailure(`xpath(): the third argument is one of ${[...RESULTS].join(', ')}`);
  }
  const step = (steps: number) => run.step(steps);
  try {
    const expression = expressions.get(path) ?? compile(path, run);
    const document = parse(source, result !== null, run);
    const value = evaluateXPath(expression, document, step);
    switch (result) {
      case null:
      case 'string':
        return toText(value, step);
      case 'boolean':
        return toBoolean(value);
      case 'number':
        return new JavaDouble(toNumber(value, step));
      case 'node':
        return nodeSet(value)[0] ?? null;
      case 'node_list':
      case 'document_list':
        return newList(nodeSet(value));
    }
  } catch (error) {
    if (error instanceof XmlError) throw new EvaluationFailure(`xpath(): ${error.message}`);
    throw error;
  }
}

function compile(path: string, run: Run): XPathExpression {
  run.step(1 + path.length);
  const expression = parseXPath(path);
  if (path.length <= MAX_CACHED_LENGTH) expressions.set(path, expression);
  return expression;
}

/** Nodes found before are searched as they are; without a third argument, anything else by its text. */
function parse(source: Value, namespaces: boolean, run: Run): XmlNode {
  if (namespaces && source instanceof XmlNode) return source;
  if (namespaces && typeof source !== 'string') throw new EvaluationFailure('xpath(): there is no XML in this value');
  const text = javaText(source);
  const kind = namespaces ? 'xml-namespaces' : 'xml-plain';
  const known = run.cache.get(kind, text);
  if (known instanceof XmlNode) return known;
  const document = parseXml(text, { namespaces, spend: (steps) => run.step(steps) });
  run.cache.set(kind, text, document);
  return document;
}
