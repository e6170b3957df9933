import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadPolicies } from '../../../src/config/index.ts';
import { policyRun } from '../../support/policy-run.ts';

const payload = "{#request.contextPath ?: 'none'} {#request.pathInfo} {#request.pathInfos.length} {#request.path}";

async function seen(contextPath: string | undefined, path: string): Promise<string> {
  const steps = [{ configuration: { function: 'f', payload } }];
  const run = policyRun({ apis: { default: { contextPath, request: steps } } }, { path });
  await run.request();
  return Buffer.from(run.invocations[0]?.payload ?? '').toString();
}

test('the context path of an API parts the path as the gateway does', async () => {
  assert.equal(await seen('/orders', '/orders/7/lines?x=1'), '/orders/ /7/lines 3 /orders/7/lines');
  assert.equal(await seen('/orders/', '/orders/7'), '/orders/ /7 2 /orders/7');
  assert.equal(await seen('/orders', '/orders/'), '/orders/ / 0 /orders/');
  assert.equal(await seen('/orders', '/orders'), '/orders/  1 /orders');
  assert.equal(await seen('/', '/orders/7'), '/ /orders/7 3 /orders/7');
});

test('a path that is not below it, or no context path, is all path info', async () => {
  assert.equal(await seen('/orders', '/orders-2/7'), '/orders/ /orders-2/7 3 /orders-2/7');
  assert.equal(await seen('/orders', '/x'), '/orders/ /x 2 /x');
  assert.equal(await seen(undefined, '/orders/7'), 'none /orders/7 3 /orders/7');
});

test('a context path begins with a slash and has no query', () => {
  for (const contextPath of ['orders', '', '/a?b', '/a b']) {
    const document = JSON.stringify({ version: 1, apis: { default: { contextPath } } });
    assert.throws(() => loadPolicies(document, 'policies.json'), /must begin with "\/"/, contextPath);
  }
});
