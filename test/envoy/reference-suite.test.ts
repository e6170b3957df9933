// What the reference policy's own integration tests ask (docs/notes/reference-policy.md, Its own tests), through a real
// Envoy and a real Lambda runtime; and the documentation's sample configuration.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Ministack, startMinistack } from '../../scripts/support/ministack.ts';
import { type Environment, startEnvironment } from '../support/environment.ts';

const message = 'An error occurs while invoking lambda function. Details: [Service: Lambda, Status Code: 403]';

describe('the reference suite', () => {
  let aws: Ministack;
  let environment: Environment;

  before(async () => {
    aws = await startMinistack();
    await aws.createFunction('lambda-example', { code: `export const handler = async () => 'response from lambda';` });
    await aws.createFunction('lambda-object', {
      code: `export const handler = async (event) => ({ key: event.key, list: [1, 2.5, null] });`,
    });
    const keys = await aws.createUser('caller');
    const denied = await aws.createUser('denied', {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Deny', Action: ['lambda:InvokeFunction'], Resource: '*' }],
    });
    const shared = (own: { accessKey: string; secretKey: string }) => ({
      ...own,
      region: 'us-east-1',
      function: 'lambda-example',
      endpoint: aws.endpoint,
      payload: '{ "key": "value" }',
      variables: [{ name: 'lambdaResponse', value: "{#jsonPath(#lambdaResponse.content,'$')}" }],
      sendToConsumer: false,
      // The suite's "attribute" step, which puts the variable into the body.
      mutations: { body: "{#context.attributes['lambdaResponse']}" },
    });
    const good = { configuration: shared(keys) };
    const bad = { configuration: shared(denied) };
    const scoped = (scope: string, step: { configuration: object }, extra: object = {}) => ({
      configuration: { ...step.configuration, scope, ...extra },
    });
    const apis = {
      'v4-request': { request: [good] },
      'v4-response': { response: [good] },
      'v4-request-403': { request: [bad] },
      'v4-response-403': { response: [bad] },
      'v2-request': { pre: [scoped('REQUEST', good)] },
      'v2-response': { post: [scoped('RESPONSE', good)] },
      'v2-response-content': { post: [scoped('RESPONSE_CONTENT', good)] },
      'v2-request-403': { pre: [scoped('REQUEST', bad)] },
      'v2-request-content-403': { pre: [scoped('REQUEST_CONTENT', bad)] },
      'v2-response-403': { post: [scoped('RESPONSE', bad)] },
      'v2-response-content-403': { post: [scoped('RESPONSE_CONTENT', bad)] },
      'v2-misplaced': { post: [scoped('REQUEST', good, { sendToConsumer: true })] },
      // The sample of its documentation, with the endpoint and the keys of the test, and a function that returns an object.
      documented: {
        request: [
          {
            configuration: {
              variables: [{ name: 'lambdaResponse', value: "{#jsonPath(#lambdaResponse.content, '$')}" }],
              secretKey: keys.secretKey,
              accessKey: keys.accessKey,
              payload: '{ "key": "value" }',
              scope: 'REQUEST',
              function: 'lambda-object',
              region: 'us-east-1',
              sendToConsumer: true,
              endpoint: aws.endpoint,
            },
          },
        ],
      },
    };
    environment = await startEnvironment({ policies: { version: 1, apis }, apis: Object.keys(apis).reverse() });
  });
  after(async () => {
    await environment?.stop();
    await aws?.stop();
  });

  for (const [api, calls] of [
    ['v4-request-403', 0],
    ['v4-response-403', 1],
    ['v2-request-403', 0],
    ['v2-request-content-403', 0],
    ['v2-response-403', 1],
    ['v2-response-content-403', 1],
  ] as const) {
    test(`${api}: a Lambda that answers 403 is a 500 with its status, and the backend is called ${calls} times`, async () => {
      environment.backend.reset();
      const answer = await environment.call(`/${api}`, { headers: { accept: 'text/plain' } });
      assert.deepEqual([answer.status, answer.text], [500, message]);
      assert.equal(environment.backend.calls, calls);
    });
  }

  for (const api of ['v4-request', 'v2-request']) {
    test(`${api}: the backend is called with the attribute of the Lambda's answer`, async () => {
      environment.backend.reset();
      const answer = await environment.call(`/${api}`);
      assert.equal(answer.status, 200);
      assert.equal(environment.backend.calls, 1);
      assert.equal(environment.backend.last?.body.toString(), 'response from lambda');
    });
  }

  for (const api of ['v4-response', 'v2-response', 'v2-response-content']) {
    test(`${api}: the caller gets the attribute of the Lambda's answer`, async () => {
      environment.backend.reset();
      const answer = await environment.call(`/${api}`);
      assert.deepEqual([answer.status, answer.text], [200, 'response from lambda']);
      assert.equal(environment.backend.calls, 1);
    });
  }

  test('v2: a REQUEST scope in a post flow does nothing, sendToConsumer or not', async () => {
    environment.backend.reset();
    const answer = await environment.call('/v2-misplaced');
    assert.equal(answer.status, 200);
    assert.equal(environment.backend.calls, 1);
    assert.equal(JSON.parse(answer.text).path, '/v2-misplaced');
    const logs = environment.sidecar.logs();
    assert.ok(!logs.some((line) => line.msg === 'invocation' && line.api === 'v2-misplaced'));
  });

  test('the documented sample works with a function that returns an object', async () => {
    environment.backend.reset();
    const answer = await environment.call('/documented');
    assert.equal(answer.status, 200);
    assert.deepEqual(JSON.parse(answer.text), { key: 'value', list: [1, 2.5, null] });
    assert.equal(answer.headers.get('content-type'), 'application/json');
    assert.equal(environment.backend.calls, 0);
    const entry = await environment.envoy.accessLog((each) => each.path === '/documented');
    assert.equal(entry.details, 'lambda_ext_proc{SEND_TO_CONSUMER}');
    const variables = entry.metadata?.variables as Record<string, string>;
    assert.equal(variables.lambdaResponse, '{"key":"value","list":[1,2.5,null]}');
  });
});
