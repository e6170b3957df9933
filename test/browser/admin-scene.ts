import { type Environment, startEnvironment } from '../support/environment.ts';
import { FaultStub } from '../support/fault-stub.ts';

/** None of them may be on any page. */
export const SECRETS = [
  'wJalrXUtnFEMI-secret-key',
  'token-in-a-payload',
  'value-of-the-dictionary',
  'secret-in-a-condition',
];

/** In the names of an API and a step. */
export const HOSTILE = `"><img src=x onerror="document.title='taken'"><script>document.title='taken'</script>`;

/** Of every page. */
export const PATHS = [
  '/',
  '/failures',
  '/apis',
  '/api?name=orders',
  `/api?${new URLSearchParams({ name: HOSTILE })}`,
  '/warnings',
  '/reloads',
];

export interface AdminScene {
  readonly environment: Environment;
  /** Requests of each kind, so that each plot and list has something. */
  traffic(rounds: number): Promise<void>;
  /** Puts policies with another step and another field into force. */
  reload(): Promise<void>;
  stop(): Promise<void>;
}

/** Backend, Envoy, two workers and a Lambda that throttles, fails and answers by function. */
export async function startAdminScene(): Promise<AdminScene> {
  const lambda = await FaultStub.start();
  const answer = { status: 200, body: '{"statusCode":200,"body":"ok","tier":"gold"}' };
  lambda.script('customer-tier', { kind: 'late', answer, afterMs: 12 });
  lambda.script('pricing', { kind: 'error', type: 'TooManyRequestsException' });
  lambda.script('stock', { kind: 'error', type: 'ResourceNotFoundException' });
  const environment = await startEnvironment({
    policies: policies(lambda.endpoint),
    apis: ['orders', 'pricing', 'stock', 'quotes'],
    workers: 2,
    built: true,
  });
  const { sidecar } = environment;
  return {
    environment,
    async traffic(rounds) {
      for (let round = 0; round < rounds; round++) {
        const headers = { 'x-request-id': `request-${round}`, 'x-token': String(SECRETS[1]) };
        const calls = ['/orders/1', '/orders/2', '/orders/3', '/pricing', '/stock', '/quotes'];
        await Promise.all(calls.map((path) => environment.call(path, { headers })));
      }
    },
    async reload() {
      const loads = (): number => sidecar.logs().filter(({ msg }) => msg === 'policies loaded').length;
      const before = loads();
      sidecar.writeConfig(policies(lambda.endpoint, true));
      await sidecar.log(() => loads() > before);
    },
    async stop() {
      await environment.stop();
      await lambda.stop();
    },
  };
}

function policies(endpoint: string, changed = false): object {
  const configuration = (name: string, more: object = {}): object => ({
    function: name,
    payload: `${SECRETS[1]} {#request.headers['x-token'][0]}`,
    ...more,
  });
  const tier = {
    name: 'tier',
    condition: `{#request.path != '/${SECRETS[3]}'}`,
    configuration: configuration('customer-tier'),
  };
  const audit = { name: 'audit', configuration: configuration('customer-tier', { invocationType: 'Event' }) };
  return {
    version: 1,
    envoy: { allowModeOverride: true },
    defaults: {
      region: 'eu-west-1',
      endpoint,
      accessKey: 'AKIDEXAMPLE',
      secretKey: SECRETS[0],
      retry: { maxAttempts: 1 },
    },
    dictionaries: { tiers: { gold: SECRETS[2] } },
    apis: {
      orders: { request: changed ? [tier, audit] : [tier] },
      pricing: {
        request: [{ name: 'price', configuration: configuration('pricing', changed ? { qualifier: 'live' } : {}) }],
      },
      stock: { request: [{ name: 'stock', configuration: configuration('stock') }] },
      quotes: {
        request: [{ name: 'quote', configuration: configuration("{#request.headers['x-none'][0].length()}") }],
      },
      [HOSTILE]: {
        request: [{ name: HOSTILE, configuration: configuration('customer-tier', { payload: '{#reqest}' }) }],
      },
    },
  };
}
