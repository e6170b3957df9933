import { compileTemplate, type EvaluationContext } from '../src/expression/index.ts';

/**
 * How often one core evaluates compiled templates, and how reading one value from a body compares with JSON.parse. In rows marked
 * `new body`, each evaluation has its own context and body, as each request does.
 *
 * `node bench/expression.ts`
 */
export interface ExpressionBenchRow {
  readonly subject: string;
  readonly perSecond: number;
  /** The lower limit, if there is one. */
  readonly wanted?: number;
  /** Time divided by that of JSON.parse with the same property reads, and its upper limit. */
  readonly ratio?: number;
  readonly wantedRatio?: number;
}

const roundMs = 300;
const rounds = 7;

export async function run(): Promise<readonly ExpressionBenchRow[]> {
  return [header(), payload(), ...path(), condition(), compiling()];
}

function contextOf(content: string | null): EvaluationContext {
  const headers = new Map([
    ['x', ['value-1']],
    ['x-tier', ['gold']],
    ['x-user', ['ada']],
  ]);
  return {
    request: {
      headers: { values: (name) => headers.get(name), names: () => [...headers.keys()] },
      content,
      id: 'r-1',
      transactionId: 't-1',
      uri: '/orders/7?expand=lines',
      path: '/orders/7',
      contextPath: '/',
      pathInfo: '/orders/7',
      method: 'POST',
      scheme: 'https',
      host: 'api.example',
      version: 'HTTP_2',
      timestamp: 1_700_000_000_000,
      remoteAddress: '203.0.113.7',
      localAddress: '10.0.0.1',
      params: new Map([['expand', ['lines']]]),
      pathParams: new Map([['id', ['7']]]),
      ssl: null,
      metadata: new Map(),
    },
    attributes: new Map<string, unknown>([['tenant', 'acme']]),
    variables: new Map<string, unknown>([['properties', new Map([['region', 'eu-west-1']])]]),
  };
}

function header(): ExpressionBenchRow {
  const template = compileTemplate("{#request.headers['x'][0]}");
  const context = contextOf(null);
  return {
    subject: "{#request.headers['x'][0]}",
    perSecond: measure(() => template.evaluate(context)),
    wanted: 3_000_000,
  };
}

function payload(): ExpressionBenchRow {
  const filler = JSON.stringify({ note: 'n'.repeat(780) }).slice(1, -1);
  const text = `{"tier":"{#request.headers['x-tier'][0]}","user":"{#request.headers['x-user'][0]}","tenant":"{#context.attributes['tenant']}","region":"{#properties['region']}",${filler}}`;
  const template = compileTemplate(text);
  const context = contextOf(null);
  return {
    subject: `a JSON payload of ${text.length} bytes with four expressions`,
    perSecond: measure(() => template.evaluate(context)),
    wanted: 200_000,
  };
}

/** The bodies differ in the value that is read, so that no result can be reused. */
function path(): readonly ExpressionBenchRow[] {
  const template = compileTemplate("{#jsonPath(#request.content, '$.a.b')}");
  const bodies = Array.from({ length: 1_000 }, (_, i) => body(i));
  let next = 0;
  const own = () => template.evaluate(contextOf(bodies[next++ % bodies.length] ?? ''));
  const bare = () => {
    const context = contextOf(bodies[next++ % bodies.length] ?? '');
    return JSON.parse(context.request?.content ?? '').a.b;
  };
  const [perSecond, floor] = alternately(own, bare);
  const again = contextOf(bodies[0] ?? '');
  return [
    {
      subject: "{#jsonPath(#request.content, '$.a.b')}, new body of 2 KB",
      perSecond,
      ratio: floor / perSecond,
      wantedRatio: 1.3,
    },
    { subject: '  JSON.parse and two property reads', perSecond: floor },
    { subject: '  the same body again', perSecond: measure(() => template.evaluate(again)) },
  ];
}

function body(i: number): string {
  const items = Array.from({ length: 18 }, (_, line) => ({
    sku: `S-${i}-${line}`,
    quantity: line,
    price: line + 0.5,
    label: 'a label with a few words',
    available: true,
  }));
  return JSON.stringify({ items, a: { b: `value ${i}`, c: null } });
}

function condition(): ExpressionBenchRow {
  const template = compileTemplate("{#request.method == 'POST' && #request.headers['x-tier'] != null}");
  const context = contextOf(null);
  return { subject: 'a condition of two comparisons', perSecond: measure(() => template.evaluateBoolean(context)) };
}

function compiling(): ExpressionBenchRow {
  let i = 0;
  return {
    subject: 'compiling one expression',
    perSecond: measure(() => compileTemplate(`{#jsonPath(#request.content, '$.a.b${i++ % 1000}') ?: 'none'}`)),
  };
}

/** The best of several rounds: a disturbance can only make a round slower. */
function measure(work: () => unknown): number {
  return Math.max(...Array.from({ length: rounds }, () => once(work)));
}

function alternately(a: () => unknown, b: () => unknown): readonly [number, number] {
  const results = Array.from({ length: rounds }, () => [once(a), once(b)] as const);
  return [Math.max(...results.map(([first]) => first)), Math.max(...results.map(([, second]) => second))];
}

let sink: unknown;

function once(work: () => unknown): number {
  const start = performance.now();
  let count = 0;
  let elapsed = 0;
  while (elapsed < roundMs) {
    for (let i = 0; i < 500; i++) sink = work();
    count += 500;
    elapsed = performance.now() - start;
  }
  return (count / elapsed) * 1_000;
}

export function format(rows: readonly ExpressionBenchRow[]): string {
  const width = Math.max(...rows.map(({ subject }) => subject.length));
  const lines = rows.map(({ subject, perSecond, wanted, ratio, wantedRatio }) => {
    const count = Math.round(perSecond).toLocaleString('en-US').padStart(12);
    const least = wanted === undefined ? '' : `  (at least ${wanted.toLocaleString('en-US')})`;
    const beside = ratio === undefined ? '' : `  ${ratio.toFixed(2)} × JSON.parse (at most ${wantedRatio})`;
    return `${subject.padEnd(width)} ${count} /s${least}${beside}`;
  });
  return lines.join('\n');
}

if (import.meta.main) {
  console.log(format(await run()));
  if (sink === undefined) throw new Error('nothing was evaluated');
}
