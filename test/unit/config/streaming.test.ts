import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type formatProblem, loadPolicies, PolicyDocumentError } from '../../../src/config/index.ts';
import { FORMATS, rawStream } from '../../../src/formats/index.ts';
import type { LambdaConfiguration } from '../../../src/policy/index.ts';

type Fields = Readonly<Record<string, unknown>>;

const streams = { function: 'chat', sendToConsumer: true, streaming: true };

function documentOf(api: Fields, outer: Fields = {}): string {
  return JSON.stringify({ version: 1, ...outer, apis: { a: api } });
}

/** What is wrong with an API, warnings too: `error apis.a…: message`. */
function problems(api: Fields, outer: Fields = {}): string {
  const lines = (list: readonly Parameters<typeof formatProblem>[0][]): string =>
    list.map(({ severity, path, message }) => `${severity} ${path}: ${message}`).join('\n');
  try {
    return lines(loadPolicies(documentOf(api, outer), 'p.json').warnings);
  } catch (error) {
    if (!(error instanceof PolicyDocumentError)) throw error;
    return lines(error.problems);
  }
}

function configuration(fields: Fields, outer: Fields = {}): LambdaConfiguration {
  const { set } = loadPolicies(documentOf({ request: [{ configuration: fields }] }, outer), 'p.json');
  const step = set.byName('a')?.request[0];
  assert.ok(step);
  return step.configuration;
}

const step = (fields: Fields, more: Fields = {}): Fields => ({ ...more, configuration: { function: 'f', ...fields } });
const STREAM = step(streams, { name: 'chat' });

describe('what `streaming` is', () => {
  const usual = {
    limits: { maxBytes: 16_777_216, bytesPerSecond: 2_097_152, burstBytes: 1_048_576 },
    times: { idleTimeoutMs: 300_000, totalTimeoutMs: 900_000 },
    format: rawStream,
  };

  test('true takes the defaults of all limits', () => {
    assert.deepEqual(configuration(streams).streaming, usual);
  });

  test('false, null and nothing are an answer that is sent when it is whole', () => {
    for (const streaming of [false, null, undefined]) {
      assert.equal(configuration({ ...streams, streaming }).streaming, undefined);
    }
  });

  test('a limit that is named holds, the others are the defaults', () => {
    const { streaming } = configuration({ ...streams, streaming: { maxBytes: 1000, idleTimeoutMs: 20 } });
    assert.deepEqual(streaming?.limits, { ...usual.limits, maxBytes: 1000 });
    assert.deepEqual(streaming?.times, { ...usual.times, idleTimeoutMs: 20 });
  });

  test('true keeps the limits that `defaults` name, a step laid over them keeps the others, false takes them away', () => {
    const defaults = { defaults: { streaming: { maxBytes: 1000, burstBytes: 10 } } };
    assert.equal(configuration(streams, defaults).streaming?.limits.maxBytes, 1000);
    const laid = configuration({ ...streams, streaming: { maxBytes: 2000 } }, defaults).streaming?.limits;
    assert.deepEqual([laid?.maxBytes, laid?.burstBytes], [2000, 10]);
    assert.equal(configuration({ ...streams, streaming: false }, defaults).streaming, undefined);
  });

  test('`defaults` stream the steps that can stream, and leave the others', () => {
    const defaults = { defaults: { streaming: true } };
    assert.ok(configuration({ function: 'f', sendToConsumer: true }, defaults).streaming);
    for (const fields of [{}, { sendToConsumer: "{#request.path == '/'}" }, { invocationType: 'Event' }]) {
      assert.equal(configuration({ function: 'f', ...fields }, defaults).streaming, undefined);
    }
  });

  test('formats of AWS have a prelude unless it is switched off, and raw has none', () => {
    for (const name of ['api-gateway-v1', 'http-api-v1', 'api-gateway-v2', 'function-url'] as const) {
      const named = { ...streams, responseFormat: name };
      assert.equal(configuration(named).streaming?.format, FORMATS[name].streamed);
      assert.notEqual(configuration(named).streaming?.format, rawStream);
      assert.equal(configuration({ ...named, streaming: { prelude: false } }).streaming?.format, rawStream);
    }
    assert.equal(
      configuration({ ...streams, requestFormat: 'function-url' }).streaming?.format,
      FORMATS['function-url'].streamed,
    );
  });

  test('a value that is not a limit is reported with its place', () => {
    for (const [name, value] of [
      ['maxBytes', 0],
      ['bytesPerSecond', 4096.5],
      ['bytesPerSecond', 4095],
      ['burstBytes', -1],
      ['idleTimeoutMs', 0],
      ['totalTimeoutMs', '5s'],
      ['maxbytes', 1],
    ] as const) {
      const found = problems({ request: [step({ ...streams, streaming: { [name]: value } })] });
      assert.match(found, new RegExp(`^error apis\\.a\\.request\\.0\\.configuration\\.streaming(?:\\.${name})?: `));
    }
  });
});

describe('what cannot stream is an error at its place', () => {
  const cases: readonly (readonly [name: string, fields: Fields, place: string, message: RegExp])[] = [
    ['sendToConsumer false', { sendToConsumer: false }, 'streaming', /requires `sendToConsumer: true`/],
    [
      'sendToConsumer an expression:',
      { sendToConsumer: '{#request.secure}' },
      'streaming',
      /requires `sendToConsumer: true`/,
    ],
    ['an Event', { invocationType: 'Event' }, 'streaming', /requires `invocationType: RequestResponse`/],
    ['a DryRun', { invocationType: 'DryRun' }, 'streaming', /requires `invocationType: RequestResponse`/],
    ['alb', { requestFormat: 'alb' }, 'streaming', /cannot be combined with the format alb/],
    ['alb as the response', { responseFormat: 'alb' }, 'streaming', /cannot be combined with the format alb/],
    ['a cache', { cache: { ttlSeconds: 5 } }, 'cache', /cannot be combined with `streaming`/],
    ['a body of its own', { answer: { body: 'x' } }, 'answer.body', /replaces the body/],
    ['an object as its body', { answer: { body: { a: 1 } } }, 'answer.body', /replaces the body/],
    [
      'a prelude that raw has not',
      { streaming: { prelude: true } },
      'streaming.prelude',
      /raw has no prelude: .* function-url/,
    ],
    ...(
      [
        '{#lambdaResponse.content}',
        "{#jsonPath(#lambdaResponse.content, '$.a')}",
        "{#lambdaResponse['content']}",
        "{#lambdaResponse['con' + 'tent']}",
        '{#lambdaResponse?.content ?: 1}',
        '{#json(#lambdaResponse)}',
      ] as const
    ).flatMap((value): readonly (readonly [string, Fields, string, RegExp])[] => [
      [`a variable of ${value}`, { variables: [{ name: 'v', value }] }, 'variables.0.value', /reads the content/],
      [
        `a header of ${value}`,
        { answer: { headers: { set: { 'X-A': value } } } },
        'answer.headers.set',
        /reads the content/,
      ],
    ]),
    [
      'a header that is added',
      { answer: { headers: { append: { 'x-a': ['b', '{#lambdaResponse.content}'] } } } },
      'answer.headers.append',
      /reads the content/,
    ],
    ['the status', { answer: { status: '{#lambdaResponse.content}' } }, 'answer.status', /reads the content/],
  ];
  for (const [name, fields, place, message] of cases) {
    test(name, () => {
      const found = problems({ request: [step({ ...streams, ...fields })] });
      const line = found.split('\n').find((one) => one.startsWith(`error apis.a.request.0.configuration.${place}`));
      assert.match(line ?? `none of:\n${found}`, message);
    });
  }

  test('the response phase', () => {
    const found = problems({ response: [step(streams)] });
    assert.match(found, /error apis\.a\.response\.0\.configuration\.streaming: has no effect in the response phase/);
  });

  test('an authorizer, which `defaults` may stand under', () => {
    const guard = { authorizer: { type: 'TOKEN' }, configuration: { function: 'f', streaming: true } };
    assert.match(
      problems({ request: [guard] }),
      /error apis\.a\.request\.0\.configuration\.streaming: cannot be combined with `authorizer`/,
    );
    const plain = { ...guard, configuration: { function: 'f' } };
    assert.equal(problems({ request: [plain] }, { defaults: { streaming: true } }), '');
  });

  test('a cache of `defaults`, which the step can take out', () => {
    const defaults = { defaults: { cache: { ttlSeconds: 5 } } };
    assert.match(problems({ request: [step(streams)] }, defaults), /error defaults\.cache: .*`cache: null` here/);
    assert.equal(problems({ request: [step({ ...streams, cache: null })] }, defaults), '');
  });

  test('what is known of the answer before its body is not an error', () => {
    const value = "{#lambdaResponse.status} {#lambdaResponse.headers['a'][0]} {#lambdaResponse == null}";
    const fields = { variables: [{ name: 'v', value }], answer: { status: 201, headers: { set: { 'x-a': value } } } };
    assert.equal(problems({ request: [step({ ...streams, ...fields })] }), '');
  });
});

describe('later steps', () => {
  const SOMETIMES = { ...STREAM, condition: "{#request.path == '/chat'}", onConditionError: 'fail' };
  const fallback = { condition: '{#response == null}', onConditionError: 'fail' };

  test('a request step runs on, and changes nothing', () => {
    const audit = step({ invocationType: 'Event', payload: '{#request.path}' });
    assert.equal(problems({ request: [STREAM, audit] }), '');
    const status = step({ payload: '{#lambdaResponse.status} {#response.status}' });
    assert.equal(problems({ request: [STREAM, status] }), '');
  });

  test('a second answer is an error, unless it is given where there is none yet', () => {
    const second = step({ sendToConsumer: true });
    const place = /error apis\.a\.request\.1\.configuration\.sendToConsumer: /;
    assert.match(problems({ request: [STREAM, second] }), place);
    assert.match(problems({ request: [STREAM, { ...second, ...fallback }] }), place);
    assert.match(problems({ request: [STREAM, step({ sendToConsumer: '{#lambdaResponse.status == 403}' })] }), place);
    assert.match(problems({ request: [SOMETIMES, second] }), /#response == null/);
    assert.equal(problems({ request: [SOMETIMES, { ...second, ...fallback }] }), '');
    assert.equal(problems({ request: [SOMETIMES, { ...step(streams), ...fallback }] }), '');
  });

  test('what a later step mutates has no effect', () => {
    const later = step({ mutations: { headers: { set: { 'x-a': 'b' } } } });
    assert.match(
      problems({ request: [STREAM, later] }),
      /error .*mutations: has no effect: step chat answers every request/,
    );
  });

  const reading: readonly (readonly [name: string, step: Fields, place: string])[] = [
    ['the payload', step({ payload: { a: '{#lambdaResponse.content}' } }), 'configuration.payload.a'],
    ['the function', step({ function: '{#lambdaResponse.content}' }), 'configuration.function'],
    ['the condition', step({}, { condition: "{#lambdaResponse.content == 'a'}" }), 'condition'],
    ['the response in a request step', step({ payload: '{#response.content}' }), 'configuration.payload'],
    [
      'the response in a variable',
      step({ variables: [{ name: 'v', value: '{#response.content}' }] }),
      'configuration.variables.0.value',
    ],
    ['the response in a condition', step({}, { condition: "{#response.content == 'a'}" }), 'condition'],
  ];
  for (const [name, later, place] of reading) {
    test(`${name} that reads the content is an error`, () => {
      const found = problems({ request: [SOMETIMES, later] });
      const line = found.split('\n').find((one) => one.startsWith(`error apis.a.request.1.${place}:`));
      assert.match(line ?? `none of:\n${found}`, /reads the content of .*, which step chat streams,/);
    });
  }

  test('what a function in between answers may be read', () => {
    const between = step({ payload: 'x' });
    const reads = step({ payload: '{#lambdaResponse.content}' });
    assert.equal(problems({ request: [STREAM, between, reads] }), '');
    assert.match(
      problems({ request: [STREAM, { ...between, condition: '{#request.secure}' }, reads] }),
      /reads the content/,
    );
    assert.equal(
      problems({ request: [STREAM, step({ variables: [{ name: 'v', value: '{#lambdaResponse.content}' }] })] }),
      '',
    );
  });

  test('a response step may change status and headers, and not the body', () => {
    const head = { headers: { set: { 'x-a': '{#response.status}' } }, status: 201 };
    assert.equal(problems({ request: [STREAM], response: [step({ mutations: head })] }), '');
    const inResponse = (fields: Fields, first = STREAM, more: Fields = {}): string =>
      problems({ request: [first], response: [step(fields, more)] });
    assert.match(
      inResponse({ payload: '{#response.content}' }),
      /error apis\.a\.response\.0\.configuration\.payload: reads the content/,
    );
    assert.match(
      inResponse({ mutations: { body: 'x' } }),
      /error apis\.a\.response\.0\.configuration\.mutations\.body: replaces the body/,
    );
    assert.match(
      inResponse({ sendToConsumer: true }),
      /error apis\.a\.response\.0\.configuration\.sendToConsumer: replaces the body/,
    );
    assert.match(
      inResponse({ mutations: { body: 'x' } }, SOMETIMES),
      /^warning apis\.a\.response\.0\.configuration\.mutations\.body/,
    );
    assert.equal(
      inResponse({ mutations: { body: 'x' } }, SOMETIMES, { condition: "{#context.attributes['a'] == null}" }),
      '',
    );
  });

  test('a step of v2 that buffers the response is an error', () => {
    const request = { ...STREAM, configuration: { ...streams, scope: 'REQUEST' } };
    const post = [step({ scope: 'RESPONSE_CONTENT' })];
    assert.match(
      problems({ pre: [request], post }),
      /error apis\.a\.post\.0\.configuration: reads the content of the response/,
    );
    assert.equal(problems({ pre: [request], post: [step({ scope: 'RESPONSE' })] }), '');
  });
});

describe('warnings', () => {
  test('an idle timeout that the total one ends', () => {
    const found = problems({ request: [step({ ...streams, streaming: { idleTimeoutMs: 1_000_000 } })] });
    assert.match(found, /^warning .*streaming\.idleTimeoutMs: is longer than totalTimeoutMs \(900000\)/);
  });

  test('an Envoy that cannot stream', () => {
    const told = (version: string): string => problems({ request: [STREAM] }, { envoy: { version } });
    assert.match(told('1.36'), /^warning apis\.a\.request\.0\.configuration\.streaming: Envoy 1\.36 cannot stream/);
    assert.equal(told('1.37'), '');
    assert.equal(told('1.40.1'), '');
    assert.match(problems({ request: [STREAM], envoy: { version: '1.36.2' } }), /Envoy 1\.36\.2 cannot/);
  });
});

describe('inline policies', () => {
  const refusal = (streaming: unknown, defaults: Fields = {}): string => {
    const outer = { inline: { functions: ['chat'] }, defaults };
    const { set } = loadPolicies(documentOf({}, outer), 'p.json');
    try {
      set.inline(JSON.stringify({ request: [{ configuration: { ...streams, streaming } }] }));
    } catch (error) {
      assert.ok(error instanceof PolicyDocumentError);
      return error.problems.map(({ path, message }) => `${path}: ${message}`).join('\n');
    }
    return '';
  };
  const names = ['idleTimeoutMs', 'totalTimeoutMs', 'maxBytes', 'bytesPerSecond', 'burstBytes'] as const;
  const built: Readonly<Record<string, number>> = {
    idleTimeoutMs: 300_000,
    totalTimeoutMs: 900_000,
    maxBytes: 16_777_216,
    bytesPerSecond: 2_097_152,
    burstBytes: 1_048_576,
  };

  test('take the limits of the document, and lower them', () => {
    assert.equal(refusal(true), '');
    for (const name of names) assert.equal(refusal({ [name]: built[name] }), '');
    assert.equal(refusal({ maxBytes: 10 }), '');
    assert.equal(refusal({ prelude: false }), '');
  });

  test('never raise one of them', () => {
    for (const name of names) {
      const value = (built[name] ?? 0) + 1;
      assert.match(
        refusal({ [name]: value }),
        new RegExp(`streaming\\.${name}: is more than the ${built[name]} that inline`),
      );
      assert.equal(refusal({ [name]: value }, { streaming: { [name]: value } }), '', 'raised in `defaults`');
      assert.match(refusal({ [name]: 5001 }, { streaming: { [name]: 5000 } }), /is more than the 5000 that inline/);
    }
  });
});
