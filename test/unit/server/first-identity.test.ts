// /readyz of real processes whose identity is there, is not, comes late, or goes away: a pod that can call nothing must not roll out,
// and an identity that fails later must not take all pods away at once.
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import type { Readiness } from '../../../src/server/index.ts';
import { type ContainerAgent, startContainerAgent } from '../../support/container-agent.ts';
import { type RunningSidecar, startSidecar } from '../../support/sidecar.ts';

const own = { function: 'f', region: 'us-east-1' };
const keys = { ...own, accessKey: 'AKIDEXAMPLE', secretKey: 'secret' };

function document(...configurations: readonly object[]): object {
  const apis = configurations.map((configuration, i) => [`api${i}`, { request: [{ name: 'step', configuration }] }]);
  return { version: 1, apis: Object.fromEntries(apis) };
}

async function start(
  t: TestContext,
  agent: ContainerAgent,
  config: object,
  workers = 1,
  env: Readonly<Record<string, string>> = {},
): Promise<RunningSidecar> {
  const args = ['--warm-up', '0'];
  return await startSidecar({ test: t, config, workers, args, built: true, env: { ...agent.env, ...env } });
}

async function agentOf(t: TestContext, lifetime?: number): Promise<ContainerAgent> {
  const agent = await startContainerAgent(lifetime);
  t.after(() => agent.stop());
  return agent;
}

async function readyz(sidecar: RunningSidecar): Promise<Readiness & { readonly status: number }> {
  const answer = await fetch(`${sidecar.adminUrl}/readyz`);
  return { ...((await answer.json()) as Readiness), status: answer.status };
}

/** Asks as a kubelet does, until it fits. */
async function until(
  sidecar: RunningSidecar,
  what: string,
  fits: (readiness: Readiness & { readonly status: number }) => boolean,
): Promise<Readiness & { readonly status: number }> {
  let last: Readiness | undefined;
  for (let i = 0; i < 600; i++) {
    const now = await readyz(sidecar);
    if (fits(now)) return now;
    last = now;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return assert.fail(`not within 30 s: ${what}; last ${JSON.stringify(last)}`);
}

const isDegraded = ({ checks }: Readiness): boolean =>
  Object.entries(checks).some(([name, { status }]) => name.endsWith('credentials') && status === 'degraded');

for (const workers of [1, 2]) {
  describe(`${workers} workers`, () => {
    test('a process whose identity does not come is alive and not ready, and says why; it gets ready when it comes, and stays so', async (t) => {
      const agent = await agentOf(t);
      const sidecar = await start(t, agent, document(own, own), workers);
      const { status, checks } = await until(sidecar, 'the reason is known', ({ checks: { identity } }) =>
        /no association/.test(identity?.reason ?? ''),
      );
      assert.equal(status, 503);
      assert.equal(checks.identity?.status, 'failed');
      assert.match(checks.identity?.reason ?? '', /no credentials from the default chain: .*container: GET http/);
      assert.equal((await fetch(`${sidecar.adminUrl}/livez`)).status, 200);
      agent.lifetime = 2;
      await until(sidecar, 'ready', ({ status, checks }) => status === 200 && checks.identity === undefined);
      agent.lifetime = undefined;
      const later = await until(sidecar, 'degraded', isDegraded);
      assert.equal(later.status, 200);
      if (workers === 1) return;
      // Through a restart of all workers.
      const { pids } = await sidecar.log(({ msg }) => msg === 'ready');
      for (const [i, pid] of (pids as readonly number[]).entries()) {
        process.kill(pid, 'SIGKILL');
        await sidecar.log(({ msg, worker }) => msg === 'worker started again' && worker === i);
      }
      const restarted = await until(sidecar, 'no worker of before is left', isDegraded);
      assert.equal(restarted.status, 200, JSON.stringify(restarted));
    });
  });
}

test('a process that has its identity at once is ready at once', async (t) => {
  const agent = await agentOf(t, 3_600);
  const sidecar = await start(t, agent, document(own));
  const { checks } = await until(sidecar, 'ready', ({ status }) => status === 200);
  assert.equal(checks.credentials?.status, 'ok');
  assert.equal(agent.asked, 1);
  assert.equal(await sidecar.metric('lambda_ext_proc_credentials_valid{source="the default chain"}'), 1);
});

test('one API with keys of its own is served, so the process is ready, and says which others are not', async (t) => {
  const agent = await agentOf(t);
  const sidecar = await start(t, agent, document(own, keys));
  const { checks } = await until(sidecar, 'degraded', isDegraded);
  assert.equal((await readyz(sidecar)).status, 200);
  assert.equal(checks.identity, undefined);
  assert.match(checks.credentials?.reason ?? '', /^api0\.step: no credentials/);
  assert.equal(await sidecar.metric('lambda_ext_proc_credentials_valid{source="the default chain"}'), 0);
});

test('roles that nobody may assume keep a process from being ready if there are no other identities', async (t) => {
  const agent = await agentOf(t, 3_600);
  const roleArn = 'arn:aws:iam::222222222222:role/closed';
  const sts = { AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:1' };
  const alone = await start(t, agent, document({ ...own, roleArn }), 1, sts);
  const { checks } = await until(alone, 'the reason is known', ({ checks: { identity } }) =>
    /no credentials from role/.test(identity?.reason ?? ''),
  );
  assert.equal(checks.identity?.status, 'failed');
  const beside = await start(t, agent, document({ ...own, roleArn }, own), 1, sts);
  await until(beside, 'ready', ({ status }) => status === 200);
});

test('a role that a request names waits for the identity that assumes it', async (t) => {
  const agent = await agentOf(t);
  const roleArn = "arn:aws:iam::222222222222:role/{#request.headers['x'][0]}";
  const allow = { roles: ['arn:aws:iam::222222222222:role/*'] };
  const sidecar = await start(t, agent, { ...document({ ...own, roleArn }), allow });
  await until(sidecar, 'not ready', ({ status, checks }) => status === 503 && checks.identity?.status === 'failed');
  agent.lifetime = 3_600;
  await until(sidecar, 'ready', ({ status }) => status === 200);
});

test('a reload that leaves no identity but one that fails takes no ready process away', async (t) => {
  const agent = await agentOf(t);
  const sidecar = await start(t, agent, document(keys));
  assert.equal((await readyz(sidecar)).status, 200);
  sidecar.writeConfig(document(own));
  const { status } = await until(sidecar, 'degraded', isDegraded);
  assert.equal(status, 200);
});
