import type { EvaluationRun } from '../../../../src/expression/evaluator/evaluation-run.ts';
import { gatewayMethodNames } from '../../../../src/expression/evaluator/gateway-methods.ts';
import { HeadersValue } from '../../../../src/expression/evaluator/headers-value.ts';
import { readProperty } from '../../../../src/expression/evaluator/members.ts';
import { callBest, constructBest } from '../../../../src/expression/evaluator/method-call.ts';
import { RELATIONS } from '../../../../src/expression/functions/json-path/filter-node.ts';
import { PATH_FUNCTIONS } from '../../../../src/expression/functions/json-path/path-functions.ts';
import { FUNCTION_ARITY } from '../../../../src/expression/functions/xml/xpath-functions.ts';
import { AXES } from '../../../../src/expression/functions/xml/xpath-parser.ts';
import type { EvaluationContext } from '../../../../src/expression/index.ts';
import { type JavaType, type Signature, TYPES_BY_NAME } from '../../../../src/expression/java/index.ts';
import type { Value } from '../../../../src/expression/value.ts';
import { expression } from './evaluate.ts';
import { valuesOf } from './values.ts';

/** One call whose arguments can be of any size, and how many ways there are to choose them. */
export interface Subject {
  readonly name: string;
  readonly shapes: number;
  /** The call with arguments of about `size`; `characters`: those of its texts. */
  prepare(shape: number, size: number): { readonly context: EvaluationContext; run(run: EvaluationRun): void };
}

const none: EvaluationContext = { attributes: new Map(), variables: new Map() };

/** Everything of the tables of types, functions, path functions, relations and axes: what is new there is searched too. */
export function subjects(): Subject[] {
  const types = [...new Set(TYPES_BY_NAME.values())];
  return [...types.flatMap(ofType), ...ofXPath(), ...ofJsonPath(), ...ofRegex(), ...ofOperators(), ...ofGateway()];
}

function ofType(type: JavaType): Subject[] {
  const shapeOf = ({ name, parameters }: Signature) => `${type.name}.${name}(${parameters.join(',')})`;
  const calls = [...type.methods, ...type.constructors].map((signature): Subject => {
    const isMethod = type.methods.includes(signature);
    const own = isMethod && !signature.isStatic ? [type.name] : [];
    return ofValues(shapeOf(signature), [...own, ...signature.parameters], (values, run) => {
      const [target = null, ...rest] = own.length > 0 ? values : [null, ...values];
      if (isMethod) callBest([signature], target, rest, shapeOf(signature), run);
      else constructBest([signature], rest, shapeOf(signature), run);
    });
  });
  const properties = [...type.properties.keys()].map((name) =>
    ofValues(`${type.name}.${name}`, [type.name], ([target = null], run) => void readProperty(target, name, run)),
  );
  return [...calls, ...properties];
}

/** Each value of each type is used, beside different ones of the others. */
function ofValues(
  name: string,
  types: readonly string[],
  call: (values: readonly Value[], run: EvaluationRun) => void,
): Subject {
  const shapes = Math.max(1, ...types.map((type) => valuesOf(type, 16).length));
  return {
    name,
    shapes,
    prepare(shape, size) {
      const values = types.map((type, index) => {
        const all = valuesOf(type, size);
        return all[(shape + index) % all.length] ?? null;
      });
      return { context: none, run: (run) => call(values, run) };
    },
  };
}

/** `#a`, `#b` … of an expression, by size. */
type Variables = (size: number) => Readonly<Record<string, unknown>>;

function ofExpression(text: string, variables: readonly Variables[]): Subject {
  const evaluate = expression(text);
  return {
    name: text,
    shapes: variables.length,
    prepare(shape, size) {
      const context = { ...none, variables: new Map(Object.entries(variables[shape]?.(size) ?? {})) };
      return { context, run: (run) => void evaluate(context, run) };
    },
  };
}

const texts = (size: number) => valuesOf('java.lang.String', size) as readonly string[];

const xml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

const xmlDocuments: readonly Variables[] = [
  ...texts(1).map(
    (_, index): Variables =>
      (size) => ({
        d: `<a><b>${xml(texts(size)[index] ?? '')}</b><c>${xml(texts(size >> 2)[(index + 1) % texts(1).length] ?? '')}</c></a>`,
      }),
  ),
  (size) => ({ d: `<a>${'<b>1</b>'.repeat(size >> 3)}<c>2</c></a>` }),
  (size) => ({ d: `<a>${'<b>'.repeat(Math.min(size >> 3, 900))}${'</b>'.repeat(Math.min(size >> 3, 900))}<c/></a>` }),
];

function ofXPath(): Subject[] {
  const calls = [...FUNCTION_ARITY].flatMap(([name, [least, most]]) =>
    [...new Set([least, Math.min(most, 3)])].map(
      (count) => `${name}(${['/a/b', '/a/c', "'1'"].slice(0, count).join(',')})`,
    ),
  );
  const axes = [...AXES].flatMap((axis) => [`count(/a/b[1]/${axis}::node())`, `count(/a/c/${axis}::node())`]);
  const others = ["/a/b = 'x'", '/a/b < 3', '/a/b | /a/c', 'count(//b[1])', '/a/b[last()]', '/a/b + 1', "//*[.='x']"];
  return [...calls, ...axes, ...others].map((path) => ofExpression(`#xpath(#d, "${path}")`, xmlDocuments));
}

const lists: readonly Variables[] = [
  ...texts(1).map(
    (_, index): Variables =>
      (size) => ({
        d: JSON.stringify({ a: [texts(size)[index]], b: texts(size >> 2)[(index + 1) % texts(1).length] }),
      }),
  ),
  (size) => ({ d: JSON.stringify({ a: ['x', 1], b: Array.from({ length: size >> 2 }, (_, index) => `x${index}`) }) }),
  (size) => ({ d: JSON.stringify({ a: ['x', 1], b: Array.from({ length: size >> 2 }, (_, index) => index) }) }),
  (size) => ({
    d: JSON.stringify({ a: ['x'], b: Array.from({ length: size >> 4 }, (_, n) => `$.a[?(@.b == ${n})]`) }),
  }),
  (size) => ({
    d: JSON.stringify({ b: ['x', 1], a: Array.from({ length: size >> 4 }, (_, index) => ({ c: index })) }),
  }),
];

function ofJsonPath(): Subject[] {
  const filters = RELATIONS.flatMap((relation) => [
    `$.a[?(@ ${relation} $.b)]`,
    `$.a[?($.b ${relation} @)]`,
    `$.a[?(@ ${relation} 1)]`,
    `$.a[?(@ ${relation} /a*b/)]`,
    `$.a[?(@.c ${relation} [1,'x'])]`,
  ]);
  const functions = PATH_FUNCTIONS.flatMap((name) => [`$.a.${name}()`, `$.b.${name}(1)`, `$.${name}($.b[*])`]);
  const paths = [
    '$',
    '$.a[*]',
    '$..c',
    '$..*',
    '$.a[*].c',
    '$.b[0:]',
    '$.a[0,1,-1]',
    "$['a','b']",
    '$.b[-1]',
    '$.a[0].c',
  ];
  return [...filters, ...functions, ...paths].map((path) => ofExpression(`#jsonPath(#d, "${path}")`, lists));
}

const PATTERNS: readonly string[] = [
  ...['a*b', '(a|a)*b', '(a*)*b', '[^b]*', '(?i)A+', 'a{1,100}b', '.*x', '(a)(a)?', '\\s+$', '(?=a)a', '(?<=a)b'],
  ...['(a)\\1', '\\d++', '(?m)^a', '', ',', 'a(?:.*z)?', '\\p{L}+', '[\\w&&[^b]]'],
];

function ofRegex(): Subject[] {
  const variables: readonly Variables[] = texts(1).map(
    (_, index): Variables =>
      (size) => ({ a: texts(size)[index] }),
  );
  return PATTERNS.flatMap((pattern) =>
    [`matches('${pattern}')`, `replaceAll('${pattern}', '$0')`, `replaceFirst('${pattern}', '')`, `split('${pattern}')`]
      .map((call) => `#a.${call}`)
      .concat(`#a matches '${pattern}'`)
      .map((text) => ofExpression(text, variables)),
  );
}

const OPERATORS = ['+', '-', '*', '/', '%', '^', '==', '!=', '<', '>=', 'and', 'between', 'matches', '?:'];

function ofOperators(): Subject[] {
  const values = (size: number) => [...valuesOf('java.lang.Object', size), ...valuesOf('java.math.BigDecimal', size)];
  const pairs: readonly Variables[] = values(16).flatMap((_, index): Variables[] => [
    (size) => ({ a: values(size)[index], b: values(size)[index] }),
    (size) => ({ a: values(size)[index], b: values(size)[(index + 1) % values(16).length] }),
  ]);
  const single = ['#a.?[true]', '#a.^[true]', '#a.$[true]', '#a.![#this]', '#a[0]', "#a['x']", '{#a, #a}', '(#a + "")'];
  return [
    ...OPERATORS.map((operator) => `#a ${operator} #b`),
    ...single,
    '#xmlEscape(#a)',
    '#jsonEscape(#a)',
    '#json(#a)',
    "#jsonPath(#a, '$')",
    '#jsonPath(#a, #b)',
    '#xpath(#a, #b)',
  ].map((text) => ofExpression(text, pairs));
}

/** Methods of the gateway's own maps; how many arguments each takes is tried. */
function ofGateway(): Subject[] {
  const names = (size: number) => Array.from({ length: size >> 4 }, (_, index) => `x-${index}`);
  const headersOf = (size: number) =>
    new HeadersValue({ values: (name) => (name.startsWith('x-') ? ['v'] : undefined), names: () => names(size) });
  const targets = ['#h', '#h.names()', '#request.params', '#context.attributes', "#request.metadata['map']"];
  const methods = [...new Set([...gatewayMethodNames(headersOf(16)), 'get', 'containsKey', 'getOrDefault'])];
  const calls = targets.flatMap((target) =>
    methods.flatMap((method) => ['', '#a', '#a, #b'].map((args) => `${target}.${method}(${args})`)),
  );
  const properties = [
    '#request.paths',
    '#request.params',
    '#request.jsonContent',
    '#request.xmlContent',
    '#request.ssl.client.dn',
    '#request.metadata',
    "#request.metadata['map']",
    "#request.metadata['list']['all']",
  ];
  return [...calls, ...properties].map((text): Subject => {
    const evaluate = expression(text);
    return {
      name: text,
      shapes: 3,
      prepare(shape, size) {
        const a = [texts(size)[0], names(size), 'x-1'][shape];
        const context = {
          ...requestOf(size),
          variables: new Map<string, unknown>([
            ['a', a],
            ['b', 'x-1'],
            ['h', headersOf(size)],
          ]),
        };
        return { context, run: (run) => void evaluate(context, run) };
      },
    };
  });
}

function requestOf(size: number): EvaluationContext {
  const params = new Map(Array.from({ length: size >> 4 }, (_, index) => [`p${index}`, ['v']]));
  return {
    attributes: new Map(Array.from({ length: size >> 4 }, (_, index) => [`k${index}`, 'v'])),
    variables: new Map(),
    request: {
      headers: { values: () => undefined, names: () => [] },
      content: JSON.stringify({ a: Array.from({ length: size >> 3 }, (_, index) => ({ b: index })) }),
      id: null,
      transactionId: null,
      uri: '/',
      path: '/a'.repeat(size >> 1),
      contextPath: null,
      pathInfo: null,
      method: 'POST',
      scheme: null,
      host: null,
      version: null,
      timestamp: 0,
      remoteAddress: null,
      localAddress: null,
      params,
      pathParams: params,
      metadata: new Map<string, unknown>([
        ['map', new Map(Array.from({ length: size >> 4 }, (_, index) => [`k${index}`, 'v']))],
        ['list', new Map([['all', Array.from({ length: size >> 3 }, (_, index) => index)]])],
      ]),
      ssl: {
        clientHost: null,
        clientPort: null,
        client: Array.from({ length: size >> 3 }, () => 'OU=a\\,b').join(','),
        server: null,
      },
    },
  };
}
