import type { Node, Step } from './parser/ast.ts';
import type { TemplateNeeds } from './template.ts';

const BODIES: ReadonlySet<string> = new Set([
  'content',
  'jsonContent',
  'xmlContent',
  'getContent',
  'getJsonContent',
  'getXmlContent',
]);

type Mutable = { -readonly [K in keyof TemplateNeeds]: boolean };

/**
 * What happens to a value: the step that follows it, a comparison (which reads no part of it), or anything. A use that
 * cannot be determined counts as anything.
 */
type Use = Step | 'compared' | 'anything';

/** What the expressions of a template can read. */
export function needsOf(nodes: readonly Node[]): TemplateNeeds {
  const needs: Mutable = {
    request: false,
    requestBody: false,
    requestPath: false,
    requestSsl: false,
    requestMetadata: false,
    response: false,
    responseBody: false,
    lambdaResponse: false,
    lambdaResponseBody: false,
    attributes: false,
    error: false,
  };
  // A message as the whole result has no string form, so its body is not read.
  for (const node of nodes) visit(node, 'compared', needs);
  return needs;
}

function visit(node: Node, use: Use, needs: Mutable): void {
  switch (node.kind) {
    case 'variable':
      variable(node.name, use, needs);
      break;
    case 'function':
    case 'root-method':
    case 'new':
      for (const arg of node.args) visit(arg, 'anything', needs);
      break;
    case 'new-array':
      for (const size of node.sizes) visit(size, 'anything', needs);
      for (const item of node.items) visit(item, 'anything', needs);
      break;
    case 'chain':
      visit(node.start, node.steps[0] ?? use, needs);
      for (const [i, step] of node.steps.entries()) visitStep(step, node.steps[i + 1] ?? use, needs);
      break;
    case 'binary': {
      // In a loop: the tree of `a + b + c` is as deep on the left as the sum is long.
      let left: Node = node;
      let use: Use = 'anything';
      for (; left.kind === 'binary'; left = left.left) {
        use = left.operator === '==' || left.operator === '!=' ? 'compared' : 'anything';
        visit(left.right, use, needs);
      }
      visit(left, use, needs);
      break;
    }
    case 'unary':
      visit(node.operand, 'anything', needs);
      break;
    case 'ternary':
      visit(node.condition, 'compared', needs);
      visit(node.yes, use, needs);
      visit(node.no, use, needs);
      break;
    case 'elvis':
      visit(node.value, use, needs);
      visit(node.otherwise, use, needs);
      break;
    case 'list':
      for (const item of node.items) visit(item, 'anything', needs);
      break;
    case 'map':
      for (const entry of node.entries) for (const part of entry) visit(part, 'anything', needs);
      break;
    case 'literal':
    case 'root-property':
    case 'type':
      break;
  }
}

function visitStep(step: Step, next: Use, needs: Mutable): void {
  switch (step.kind) {
    case 'method':
      for (const arg of step.args) visit(arg, 'anything', needs);
      break;
    case 'index':
      visit(step.index, 'anything', needs);
      break;
    case 'replace':
      visit(step.value, next, needs);
      break;
    case 'project':
      visit(step.value, 'anything', needs);
      break;
    case 'select':
      visit(step.condition, 'anything', needs);
      break;
    case 'property':
      break;
  }
}

function variable(name: string, use: Use, needs: Mutable): void {
  if (name === 'request' || name === 'response' || name === 'lambdaResponse') {
    needs[name] = true;
    if (reads(use, isBody)) needs[`${name}Body`] = true;
    if (name === 'request' && reads(use, isPath)) needs.requestPath = true;
    if (name === 'request' && reads(use, isSsl)) needs.requestSsl = true;
    if (name === 'request' && reads(use, isMetadata)) needs.requestMetadata = true;
  } else if (name === 'context') needs.attributes = true;
  else if (name === 'error') needs.error = true;
}

/** Whether one of the given properties of a message is read. */
function reads(use: Use, isAsked: (name: string) => boolean): boolean {
  if (use === 'compared') return false;
  if (use === 'anything') return true;
  if (use.kind === 'property') return isAsked(use.name);
  // Methods of a message are those of every object, which read no property.
  if (use.kind === 'method') return false;
  return use.kind !== 'index' || use.index.kind !== 'literal' || isAsked(String(use.index.value));
}

/** `Content` is `content` too. */
const isBody = (name: string): boolean => BODIES.has(name.charAt(0).toLowerCase() + name.slice(1));

/** `uri`, `path`, `pathInfo`, `pathParams` and the like. */
const isPath = (name: string): boolean => /^(?:get)?(?:uri$|path)/i.test(name);

const isMetadata = (name: string): boolean => /^(?:get)?metadata$/i.test(name);

const isSsl = (name: string): boolean => /^(?:get)?ssl$/i.test(name);
