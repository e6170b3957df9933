import type { Flow, Selector } from '../definition.ts';
import type { FlowContext } from './context.ts';
import type { Reader } from './reader.ts';
import { readSteps } from './steps.ts';

/** `owner`, e.g. "the API" or "plan gold". */
export function readFlows(flows: readonly Reader[], owner: string, context: FlowContext): readonly Flow[] {
  return flows.flatMap((flow, index) => {
    if (!flow.isThere) return [];
    const read = context.mode === 'v4' ? readV4 : readV2;
    const found = read(flow, context);
    const name = flow.text('name') ?? found.path ?? `flow ${index + 1}`;
    if (!flow.isEnabled) {
      flow.tell(context.report, 'told', `disabled flow ${name} of ${owner}`);
      return [];
    }
    if (found.isForMessages) {
      flow.tell(context.report, 'told', `flow ${name} of ${owner}, which is for messages`);
      return [];
    }
    const consumers = flow.get('consumers');
    if (consumers.elements().length > 0) {
      consumers.tell(context.report, 'changed', `the consumers of flow ${name} of ${owner}: it runs for all`);
    }
    const phase = (which: 'request' | 'response') => {
      const place = `the ${which} phase of flow ${name} of ${owner}`;
      return readSteps(found[which], { phase: which, place }, context);
    };
    const request = phase('request');
    const response = phase('response');
    const { hasOthers, ...selector } = found.selector;
    const guards = [...request.guards, ...response.guards];
    const common = { name, condition: found.condition, owner, field: flow.path };
    const steps = { request: request.steps, response: response.steps };
    if (!hasOthers) return [{ ...common, ...steps, selector, guards }];
    const what = `methods OTHER of flow ${name} of ${owner}: its steps do not run for methods that are not named`;
    context.report.add('changed', what, flow.get('methods').path);
    if (guards.length === 0) return [{ ...common, ...steps, selector, guards }];
    // Envoy cannot express "all others", and their guards must not be left out.
    const guarded = { ...common, request: [], response: [], selector: { ...selector, methods: [] }, guards };
    return [{ ...common, ...steps, selector, guards: [] }, guarded];
  });
}

/** `hasOthers`: it also applies to methods that are not listed here. */
type FlowSelector = Selector & { readonly hasOthers: boolean };

interface FlowParts {
  readonly path: string | undefined;
  readonly selector: FlowSelector;
  readonly condition: string | undefined;
  readonly request: readonly Reader[];
  readonly response: readonly Reader[];
  readonly isForMessages?: boolean;
}

function readV2(flow: Reader): FlowParts {
  const operator = flow.get('path-operator', 'pathOperator', 'path_operator');
  const path = operator.text('path') ?? flow.text('path');
  return {
    path,
    selector: readSelector(path, operator.text('operator') ?? flow.text('operator'), flow.get('methods'), operator),
    condition: flow.get('condition').word,
    request: flow.items('pre'),
    response: flow.items('post'),
  };
}

function readV4(flow: Reader, { report }: FlowContext): FlowParts {
  const selectors = new Map<string, Reader>();
  for (const selector of flow.items('selectors')) {
    const type = (selector.text('type') ?? '').toUpperCase();
    const name = flow.text('name') ?? 'without a name';
    if (!selectors.has(type)) selectors.set(type, selector);
    else selector.tell(report, 'told', `another selector ${type} of flow ${name}: the gateway takes the first`);
  }
  const http = selectors.get('HTTP') ?? flow;
  const path = http.text('path');
  for (const [type, selector] of selectors) {
    if (type === 'HTTP' || type === 'CONDITION') continue;
    selector.tell(report, 'changed', `the selector ${type || 'without a type'} of flow ${flow.text('name') ?? path}`);
  }
  return {
    path,
    selector: readSelector(path, http.text('pathOperator', 'path-operator'), http.get('methods'), http),
    condition: selectors.get('CONDITION')?.get('condition').word ?? flow.get('condition').word,
    request: flow.items('request'),
    response: flow.items('response'),
    isForMessages: selectors.has('CHANNEL') && !selectors.has('HTTP'),
  };
}

const ALL_METHODS = ['CONNECT', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'TRACE'];

function readSelector(
  path: string | undefined,
  operator: string | undefined,
  methods: Reader,
  holder: Reader,
): FlowSelector {
  const list = typeof methods.data === 'string' && methods.data !== '' ? [methods] : methods.elements();
  const named = list.map((method) => String(method.data).toUpperCase());
  const isAll = ALL_METHODS.every((method) => named.includes(method));
  // A path that is not text does not mean only the root.
  const isOdd = path === undefined && holder.find('path').isThere;
  const known = named.filter((method) => /^[A-Z]+$/.test(method) && method !== 'OTHER');
  return {
    operator: operator?.toUpperCase() === 'EQUALS' && !isOdd ? 'EQUALS' : 'STARTS_WITH',
    segments: (path ?? '/').split('/').filter((segment) => segment !== ''),
    // No method would mean all: a flow for other methods only applies to none of the listed ones.
    methods: isAll || named.length === 0 ? [] : known.length > 0 ? known : ['OTHER'],
    hasOthers: !isAll && named.includes('OTHER'),
  };
}
