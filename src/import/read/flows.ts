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
    return [
      {
        name,
        selector: found.selector,
        condition: found.condition,
        request: request.steps,
        response: response.steps,
        guards: [...request.guards, ...response.guards],
        owner,
        field: flow.path,
      },
    ];
  });
}

interface FlowParts {
  readonly path: string | undefined;
  readonly selector: Selector;
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
    selector: readSelector(path, operator.text('operator') ?? flow.text('operator'), flow.get('methods')),
    condition: flow.text('condition'),
    request: flow.items('pre'),
    response: flow.items('post'),
  };
}

function readV4(flow: Reader, { report }: FlowContext): FlowParts {
  const selectors = new Map(
    flow.items('selectors').map((selector) => [(selector.text('type') ?? '').toUpperCase(), selector]),
  );
  const http = selectors.get('HTTP') ?? flow;
  const path = http.text('path');
  for (const [type, selector] of selectors) {
    if (type === 'HTTP' || type === 'CONDITION') continue;
    selector.tell(report, 'changed', `the selector ${type || 'without a type'} of flow ${flow.text('name') ?? path}`);
  }
  return {
    path,
    selector: readSelector(path, http.text('pathOperator', 'path-operator'), http.get('methods')),
    condition: selectors.get('CONDITION')?.text('condition') ?? flow.text('condition'),
    request: flow.items('request'),
    response: flow.items('response'),
    isForMessages: selectors.has('CHANNEL') && !selectors.has('HTTP'),
  };
}

const ALL_METHODS = ['CONNECT', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'TRACE'];

function readSelector(path: string | undefined, operator: string | undefined, methods: Reader): Selector {
  const named = methods.elements().map((method) => String(method.data).toUpperCase());
  const isAll = ALL_METHODS.every((method) => named.includes(method));
  const valid = named.filter((method) => /^[A-Z]+$/.test(method));
  const known = valid.filter((method) => method !== 'OTHER');
  return {
    operator: operator?.toUpperCase() === 'EQUALS' ? 'EQUALS' : 'STARTS_WITH',
    segments: (path ?? '/').split('/').filter((segment) => segment !== ''),
    // None would mean all of them: a flow for other methods only is for none that has a name.
    methods: isAll ? [] : known.length > 0 ? known : valid,
  };
}
