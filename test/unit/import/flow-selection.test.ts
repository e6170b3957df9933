import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { importDefinition } from '../../../src/import/index.ts';
import { functionsCalled } from './support.ts';

/*
 * The reference's own rules, written down again from its documentation and code: which flows run for a request. The
 * import has to give the same, however its routes and conditions are cut.
 */

interface FlowModel {
  readonly path: string;
  readonly operator: 'STARTS_WITH' | 'EQUALS';
  readonly methods: readonly string[];
  readonly flag: boolean;
}

const contextPath = '/api';
const segment = fc.constantFrom('a', 'ab', 'b', ':p', ':q');
const flow: fc.Arbitrary<FlowModel> = fc.record({
  path: fc.array(segment, { maxLength: 3 }).map((segments) => `/${segments.join('/')}`),
  operator: fc.constantFrom('STARTS_WITH', 'EQUALS'),
  methods: fc.subarray(['GET', 'POST', 'PUT']),
  flag: fc.boolean(),
});
const request = fc.record({
  path: fc
    .tuple(fc.array(fc.constantFrom('a', 'ab', 'abc', 'b', 'c'), { maxLength: 4 }), fc.boolean())
    .map(([segments, slash]) => contextPath + segments.map((part) => `/${part}`).join('') + (slash ? '/' : '')),
  method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'),
  flag: fc.boolean(),
});

function matches(model: FlowModel, { path, method, flag }: { path: string; method: string; flag: boolean }): boolean {
  const parts = model.path.split('/').filter((part) => part !== '');
  const text = parts.map((part) => `${part.startsWith(':') ? '[^/]+' : part}/`).join('');
  const pattern = new RegExp(`^/${text}?${model.operator === 'EQUALS' ? '$' : ''}`);
  const pathInfo = path.slice(contextPath.length);
  // Without any segment the expression is an optional slash.
  const fits = parts.length === 0 ? model.operator === 'STARTS_WITH' || /^\/?$/.test(pathInfo) : pattern.test(pathInfo);
  return fits && (model.methods.length === 0 || model.methods.includes(method)) && (!model.flag || flag);
}

function bestMatch(flows: readonly (readonly [string, FlowModel])[], path: string): string | undefined {
  const split = (text: string): string[] => text.split('/');
  const parts = split(path.slice(contextPath.length));
  let best: { name: string; scores: number[] } | undefined;
  for (const [name, model] of flows) {
    const scores = split(model.path).map((part, index) => {
      if (index >= parts.length || part === parts[index]) return 1;
      return part.startsWith(':') ? 0.5 : 0;
    });
    if (best === undefined) best = { name, scores };
    else {
      const previous: number[] = best.scores;
      const difference = scores.findIndex((score, index) => score !== previous[index]);
      const isLonger = difference === previous.length;
      if (difference !== -1 && (isLonger || (scores[difference] ?? 0) > (previous[difference] ?? 0)))
        best = { name, scores };
    }
  }
  return best?.name;
}

/** Where the import differs, as it says: the path goes on in the middle of the flow's last segment. */
function endsWithinSegment({ path, operator }: FlowModel, sent: string): boolean {
  const parts = path.split('/').filter((part) => part !== '');
  const last = parts.at(-1);
  const same = sent.slice(contextPath.length).split('/')[parts.length];
  return operator === 'STARTS_WITH' && last !== undefined && !last.startsWith(':') && same !== last;
}

function definitionOf(flows: readonly FlowModel[], mode: string): string {
  return JSON.stringify({
    definitionVersion: 'V4',
    type: 'PROXY',
    name: 'api',
    flowExecution: { mode },
    plans: [{ name: 'free', status: 'PUBLISHED', security: { type: 'KEY_LESS' } }],
    listeners: [{ type: 'HTTP', paths: [{ path: contextPath }] }],
    endpointGroups: [{ name: 'd', endpoints: [{ configuration: { target: 'http://127.0.0.1:1' } }] }],
    flows: flows.map((model, index) => ({
      name: `flow ${index}`,
      selectors: [
        { type: 'HTTP', path: model.path, pathOperator: model.operator, methods: model.methods },
        ...(model.flag ? [{ type: 'CONDITION', condition: "{#request.headers['flag'] != null}" }] : []),
      ],
      request: [{ policy: 'aws-lambda', configuration: { function: `f${index}` } }],
    })),
  });
}

function called(flows: readonly FlowModel[], mode: string, sent: { path: string; method: string; flag: boolean }) {
  const result = importDefinition(definitionOf(flows, mode), 'api.json');
  const { path, method, flag } = sent;
  return functionsCalled(result, { path, method, headers: flag ? { flag: '1' } : {} });
}

test('in default mode every flow that fits runs in order', () => {
  fc.assert(
    fc.property(fc.array(flow, { maxLength: 5 }), request, (flows, sent) => {
      const expected = flows.flatMap((model, index) => (matches(model, sent) ? [`f${index}`] : []));
      assert.deepEqual(called(flows, 'DEFAULT', sent), expected);
    }),
    { numRuns: 300 },
  );
});

test('in best match mode only the closest flow runs', () => {
  fc.assert(
    fc.property(fc.array(flow, { maxLength: 5 }), request, (flows, sent) => {
      const fitting = flows.flatMap((model, index) => (matches(model, sent) ? [[`f${index}`, model] as const] : []));
      fc.pre(!fitting.some(([, model]) => endsWithinSegment(model, sent.path)));
      const best = bestMatch(fitting, sent.path);
      assert.deepEqual(called(flows, 'BEST_MATCH', sent), best === undefined ? [] : [best]);
    }),
    { numRuns: 300 },
  );
});
