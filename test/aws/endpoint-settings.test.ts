// The process's environment is what is tested: a file of its own, and so a process of its own.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import fc from 'fast-check';
import { InvocationError } from '../../src/lambda/index.ts';
import { EndpointResolver } from '../../src/lambda/request/endpoint.ts';

const owned = /^(?:AWS_|HOME$)/;
const runs = Number(process.env.FUZZ_RUNS ?? 300);

/** A value, or that the setting is not there. */
const maybe = <T>(...values: readonly T[]) => fc.option(fc.constantFrom(...values), { nil: undefined });
const flag = maybe('true', 'false', 'TRUE', '1', '');
const url = maybe('https://a.internal', 'http://127.0.0.1:4566', 'https://b.internal:8443/prefix', '');
const profile = fc.record({
  use_fips_endpoint: flag,
  use_dualstack_endpoint: flag,
  endpoint_url: url,
  ignore_configured_endpoint_urls: flag,
  services: maybe('mine', 'missing'),
});
const setup = fc.record({
  region: fc.constantFrom(
    ...['us-east-1', 'eu-west-1', 'us-gov-west-1', 'cn-north-1', 'us-iso-east-1', 'eusc-de-east-1'],
    ...['fips-us-east-1', 'us-west-2-fips', 'fips-aws-global', 'aws-fips'],
  ),
  environment: fc.record({
    AWS_USE_FIPS_ENDPOINT: flag,
    AWS_USE_DUALSTACK_ENDPOINT: flag,
    AWS_ENDPOINT_URL: url,
    AWS_ENDPOINT_URL_LAMBDA: url,
    AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: flag,
    AWS_PROFILE: maybe('team', 'nobody', ''),
  }),
  config: profile,
  credentials: profile,
  named: profile,
  services: url,
  defaultServices: url,
});
type Setup = typeof setup extends fc.Arbitrary<infer T> ? T : never;

suite('endpoint settings of the environment and of the shared files', () => {
  let directory: string;
  let count = 0;
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => owned.test(name)));
  const clear = (): void => {
    for (const name of Object.keys(process.env)) if (owned.test(name)) delete process.env[name];
  };
  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'endpoints-'));
  });
  after(() => {
    rmSync(directory, { recursive: true });
    clear();
    Object.assign(process.env, inherited);
  });

  const section = (head: string, fields: Readonly<Record<string, string | undefined>>): string =>
    [`[${head}]`, ...Object.entries(fields).flatMap(([key, value]) => (value ? [`${key} = ${value}`] : []))].join('\n');
  const file = (name: string, ...sections: readonly string[]): string => {
    // The SDK remembers files by their path.
    const path = join(directory, `${name}-${count}`);
    writeFileSync(path, `${sections.join('\n\n')}\n`);
    return path;
  };
  const apply = ({ environment, config, credentials, named, services, defaultServices }: Setup): void => {
    clear();
    count++;
    const keys = Object.entries({ ...environment, HOME: directory }).filter(([, value]) => value !== undefined);
    Object.assign(process.env, Object.fromEntries(keys));
    const of = (value: string | undefined): string => (value ? `lambda =\n  endpoint_url = ${value}` : 's3 =\n  a = b');
    process.env.AWS_CONFIG_FILE = file(
      'config',
      section('default', config),
      section('profile team', named),
      `[services mine]\n${of(services)}`,
      `[services default]\n${of(defaultServices)}`,
    );
    process.env.AWS_SHARED_CREDENTIALS_FILE = file('credentials', section('default', credentials));
  };

  test(`are those of the SDK over ${runs} random ones`, async (context) => {
    const seed = Number(process.env.DIFFERENTIAL_SEED ?? Date.now() % 2 ** 31);
    context.diagnostic(`seed ${seed}`);
    const classes = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(setup, async (values) => {
        apply(values);
        const [theirs, ours] = [await sdk(values.region), await own(values.region)];
        const kind = theirs === 'error' ? theirs : theirs.replace(/https?:\/\//, '').replace(/[./:].*/, '');
        classes.set(kind, (classes.get(kind) ?? 0) + 1);
        assert.equal(ours, theirs);
      }),
      { numRuns: runs, seed },
    );
    for (const [name, times] of [...classes].sort()) context.diagnostic(`${name}: ${times}`);
  });

  test('a policy with an endpoint of its own has it, whatever the machine says', async () => {
    const nothing = {} as Setup['config'];
    const environment = {
      AWS_USE_FIPS_ENDPOINT: 'true',
      AWS_ENDPOINT_URL: 'https://a.internal',
    } as Setup['environment'];
    const config = { ...nothing, endpoint_url: 'https://b.internal', use_fips_endpoint: 'true' };
    const region = 'us-east-1';
    const rest = { credentials: nothing, named: nothing, services: undefined, defaultServices: undefined };
    apply({ region, environment, config, ...rest });
    const { origin } = await new EndpointResolver(process.env).resolve(region, 'https://policy.internal');
    assert.equal(origin, 'https://policy.internal');
  });
});

interface SdkRequest extends Readonly<Record<'protocol' | 'hostname' | 'port' | 'path', string>> {
  readonly headers: Readonly<Record<string, string>>;
}

async function sdk(region: string): Promise<string> {
  let origin = '';
  const client = new LambdaClient({
    region,
    maxAttempts: 1,
    credentials: { accessKeyId: 'a', secretAccessKey: 's' },
    requestHandler: {
      handle: async ({ protocol, hostname, port, path, headers }: SdkRequest) => {
        origin = `${protocol}//${hostname}${port ? `:${port}` : ''}${path.replace('/2015-03-31/functions/f/invocations', '')}`;
        const scope = /Credential=a\/\d+\/([^/]+)/.exec(headers.authorization ?? '')?.[1];
        origin += ` signed for ${scope}`;
        return { response: { statusCode: 200, headers: {}, body: undefined } as never };
      },
    },
  });
  try {
    await client.send(new InvokeCommand({ FunctionName: 'f' }));
  } catch {
    return 'error';
  }
  return origin;
}

async function own(region: string): Promise<string> {
  try {
    const endpoint = await new EndpointResolver(process.env).resolve(region, undefined);
    return `${endpoint.origin}${endpoint.pathPrefix} signed for ${endpoint.region}`;
  } catch (error) {
    assert.ok(error instanceof InvocationError && error.kind === 'configuration');
    return 'error';
  }
}
