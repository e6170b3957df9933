// deploy/istio: the patches of the EnvoyFilter in a plain Envoy, with its policies and a real sidecar.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { parse } from 'yaml';
import { plainEnvoyOf } from '../../scripts/support/istio-patches.ts';
import { deploy } from '../support/deploy.ts';
import { type OrdersExample, startOrdersExample, testOrders } from '../support/orders-example.ts';

const read = (name: string): string => readFileSync(join(deploy, 'istio', name), 'utf8');

describe('the EnvoyFilter of deploy/istio in a plain Envoy', () => {
  let example: OrdersExample;

  before(async () => {
    const filter = parse(read('envoy-filter.yaml'));
    example = await startOrdersExample(read('policies.yaml'), (options) => plainEnvoyOf(filter, options));
  });
  after(() => example?.stop());

  testOrders(() => example);

  test('other routes do not reach the sidecar', async () => {
    const { lambda, envoy, backend } = example;
    const calls = lambda.events.length;
    const answer = await fetch(`${envoy.url}/other`, { method: 'POST', body: '{"customer":"ada"}' });
    assert.equal(answer.status, 200);
    assert.equal(lambda.events.length, calls);
    assert.equal(backend.last?.header('x-tier'), undefined);
  });
});
