import type { Node, Step } from './parser/ast.ts';
import type { TemplateNeeds } from './template.ts';

const bodies: ReadonlySet<string> = new Set([
  'content',
  'jsonContent',
  'xmlContent',
  'getContent',
  'getJsonContent',
  'getXmlContent',
]);

type Mutable = { -readonly [K in keyof TemplateNeeds]: boolean };

/** What the expressions of a template can read; whatever cannot be told apart counts as read. */
export function needsOf(nodes: readonly Node[]): TemplateNeeds {
  const needs: Mutable = {
    request: false,
    requestBody: false,
    response: false,
    responseBody: false,
    lambdaResponse: false,
    attributes: false,
    error: false,
  };
  for (const node of nodes) visit(node, undefined, needs);
  return needs;
}

/** `next` is the step that follows a variable, if one does. */
function visit(node: Node, next: Step | undefined, needs: Mutable): void {
  switch (node.kind) {
    case 'variable':
      variable(node.name, next, needs);
      break;
    case 'function':
    case 'root-method':
    case 'new':
      for (const arg of node.args) visit(arg, undefined, needs);
      break;
    case 'new-array':
      if (node.size !== undefined) visit(node.size, undefined, needs);
      for (const item of node.items) visit(item, undefined, needs);
      break;
    case 'chain':
      visit(node.start, node.steps[0], needs);
      for (const [i, step] of node.steps.entries()) visitStep(step, node.steps[i + 1], needs);
      break;
    case 'binary':
      visit(node.left, undefined, needs);
      visit(node.right, undefined, needs);
      break;
    case 'unary':
      visit(node.operand, undefined, needs);
      break;
    case 'ternary':
      for (const part of [node.condition, node.yes, node.no]) visit(part, undefined, needs);
      break;
    case 'elvis':
      visit(node.value, undefined, needs);
      visit(node.otherwise, undefined, needs);
      break;
    case 'list':
      for (const item of node.items) visit(item, undefined, needs);
      break;
    case 'map':
      for (const entry of node.entries) for (const part of entry) visit(part, undefined, needs);
      break;
    case 'literal':
    case 'root-property':
    case 'type':
      break;
  }
}

function visitStep(step: Step, next: Step | undefined, needs: Mutable): void {
  switch (step.kind) {
    case 'method':
      for (const arg of step.args) visit(arg, undefined, needs);
      break;
    case 'index':
      visit(step.index, undefined, needs);
      break;
    case 'replace':
    case 'project':
      visit(step.value, next, needs);
      break;
    case 'select':
      visit(step.condition, undefined, needs);
      break;
    case 'property':
      break;
  }
}

function variable(name: string, next: Step | undefined, needs: Mutable): void {
  if (name === 'request' || name === 'response') {
    needs[name] = true;
    if (readsBody(next)) needs[`${name}Body`] = true;
  } else if (name === 'lambdaResponse') needs.lambdaResponse = true;
  else if (name === 'context') needs.attributes = true;
  else if (name === 'error') needs.error = true;
}

/** The object as a whole (`{#request}`, a condition `#request != null`) has no use for its body. */
function readsBody(next: Step | undefined): boolean {
  if (next === undefined) return false;
  if (next.kind === 'property') return bodies.has(next.name);
  if (next.kind === 'method') return false;
  if (next.kind === 'index') return next.index.kind !== 'literal' || bodies.has(String(next.index.value));
  return true;
}
