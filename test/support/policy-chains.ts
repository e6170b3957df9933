import fc from 'fast-check';

/** The APIs, the requests and the answers of backends for tests that an API gives the same however Envoy sends bodies. */
export interface GeneratedRequest {
  readonly method: string;
  readonly pieces: readonly string[];
  readonly encoding: string | undefined;
  readonly trailers: boolean;
}

export interface GeneratedAnswer {
  readonly status: number;
  readonly pieces: readonly string[];
  readonly encoding: string | undefined;
  readonly trailers: boolean;
  readonly type: string | undefined;
}

const some = <T>(value: fc.Arbitrary<T>, weight = 1) =>
  fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, { weight, arbitrary: value });

const requestText = fc.constantFrom(
  'fixed',
  '',
  '{#request.content}',
  '{#request.content.length()}',
  "{#request.headers['content-type']}",
  "{#request.headers['x-set']}",
  "{#request.headers['x-none']}",
  "{#context.attributes['v']}",
  '{#lambdaResponse?.content}',
  'a{#request.content}b{#request.method}{#request.path}',
);
const responseText = fc.oneof(
  requestText,
  fc.constantFrom(
    '{#response.content}',
    '{#response.content.length()}',
    '{#response.status}',
    "{#response.headers['x-backend']}",
    '<{#response.content}>',
  ),
);
const condition = fc.constantFrom(
  'true',
  '{(1 == 2)}',
  "{#request.content == 'x'}",
  '{#context.attributes.nothing.at.all}',
);
const headerText = fc.constantFrom("{#request.headers['x-set']}", "{#context.attributes['v']}", 'fixed', 'two');

function step(text: fc.Arbitrary<string>) {
  return fc
    .record({
      condition: some(condition),
      onConditionError: some(fc.constantFrom('skip', 'fail')),
      onError: some(fc.constantFrom('continue', 'fail')),
      function: fc.oneof(
        { weight: 14, arbitrary: fc.constant('echo') },
        { weight: 1, arbitrary: fc.constantFrom('fails', 'denied') },
      ),
      invocationType: some(fc.constantFrom('RequestResponse', 'Event', 'DryRun')),
      payload: some(text, 6),
      variable: some(text, 3),
      sendToConsumer: some(fc.constantFrom<boolean | string>(true, true, "{#lambdaResponse.content == 'fixed'}")),
      mutations: changes(text),
      path: some(fc.constantFrom('/changed', '/p?m={#request.method}')),
      answer: changes(text),
    })
    .map(({ condition, onConditionError, onError, variable, mutations, path, answer, ...rest }) => ({
      ...(condition && { condition }),
      ...(onConditionError && { onConditionError }),
      ...(onError && { onError }),
      configuration: {
        ...defined(rest),
        ...(variable !== undefined && { variables: [{ name: 'v', value: variable }] }),
        mutations: { ...mutations, ...defined({ path }) },
        answer,
      },
    }));
}

/** The fields that `mutations` and `answer` have in common. */
function changes(text: fc.Arbitrary<string>) {
  return fc
    .record({
      body: some(text, 2),
      header: some(fc.option(headerText), 3),
      append: some(headerText),
      remove: fc.boolean(),
      status: some(
        fc.constantFrom<number | string>(201, 204, 304, 404, '{#lambdaResponse.status}', "{#context.attributes['v']}"),
      ),
    })
    .map(({ body, header, append, remove, status }) => ({
      ...defined({ body, status }),
      headers: {
        ...(header !== undefined && { set: { 'x-set': header } }),
        ...(append && { append: { 'x-append': append } }),
        ...(remove && { remove: ['x-remove'] }),
      },
    }));
}

interface GeneratedStep {
  readonly condition?: string | undefined;
  readonly onError?: string | undefined;
  readonly configuration: {
    readonly sendToConsumer?: unknown;
    readonly mutations: { readonly [field: string]: unknown };
    readonly answer: object;
  };
}

/** The chain without what could never take effect, which is an error in a document. */
export function effective(phases: {
  readonly request: readonly GeneratedStep[];
  readonly response: readonly GeneratedStep[];
}): { readonly request: readonly object[]; readonly response: readonly object[] } {
  let answered = false;
  const keep = ({ configuration, ...outer }: GeneratedStep, phase: 'request' | 'response'): object => {
    const { mutations, answer, ...rest } = configuration;
    const { path, status, ...common } = mutations;
    const sends = rest.sendToConsumer;
    const shapes = sends !== true && !(answered && phase === 'request');
    const always = sends === true && (outer.condition ?? 'true') === 'true' && outer.onError !== 'continue';
    answered ||= always && phase === 'request';
    return {
      ...outer,
      configuration: {
        ...rest,
        ...(shapes && { mutations: { ...common, ...defined(phase === 'request' ? { path } : { status }) } }),
        ...(sends !== undefined && { answer }),
      },
    };
  };
  return {
    request: phases.request.map((each) => keep(each, 'request')),
    response: phases.response.map((each) => keep(each, 'response')),
  };
}

const template = { status: 502, headers: { 'x-key': '{#error.key}' } };
const responseTemplates = fc.constantFrom(
  {},
  { DEFAULT: { '*/*': { ...template, body: '{#error.message}' } } },
  { AWS_LAMBDA_INVALID_RESPONSE: { 'application/json': { ...template, body: '{#request.path}' } } },
  { AWS_LAMBDA_TEMPLATE_VARIABLE_EXCEPTION: { '*/*': template } },
  { LAMBDA_EXT_PROC_BODY_UNAVAILABLE: { '*/*': { ...template, body: '{#error.key}' } } },
);

export const chain = fc
  .record({
    request: fc.array(step(requestText), { maxLength: 4 }),
    response: fc.array(step(responseText), { maxLength: 4 }),
    responseTemplates,
  })
  .map(({ responseTemplates, ...phases }) => ({ ...effective(phases), responseTemplates }));

const pieces = fc.array(fc.constantFrom('x', 'yy', 'fixed', 'ä'.repeat(20), 'z'.repeat(400)), { maxLength: 3 });
/** `broken`: the header says gzip, the bytes are none. */
const encoding = some(fc.constantFrom('gzip', 'deflate', 'br', 'deflate, gzip', 'broken'));

export const request: fc.Arbitrary<GeneratedRequest> = fc.record({
  method: fc.constantFrom('GET', 'POST', 'POST', 'PUT', 'HEAD', 'DELETE'),
  pieces,
  encoding,
  trailers: fc.boolean(),
});

export const answer: fc.Arbitrary<GeneratedAnswer> = fc.record({
  status: fc.constantFrom(200, 200, 200, 201, 204, 304, 404, 500),
  pieces,
  encoding,
  trailers: fc.boolean(),
  type: fc.constantFrom(undefined, 'text/plain', 'application/json', 'text/event-stream'),
});

function defined(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
