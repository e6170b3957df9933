import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { NODE_FLAGS } from '../../../src/commands/node-flags.ts';
import { askHealth } from '../../support/health-client.ts';
import { type RunningSidecar, startSidecar } from '../../support/sidecar.ts';

const SERVICE = 'envoy.service.ext_proc.v3.ExternalProcessor';

const policies = (functionName = 'order-enrich') => ({
  version: 1,
  apis: {
    orders: {
      request: [
        {
          name: 'enrich',
          configuration: { function: functionName, region: 'us-east-1', accessKey: 'AKIDEXAMPLE', secretKey: 'S3CR3T' },
        },
      ],
    },
  },
});

interface Readyz {
  readonly ready: boolean;
  readonly checks: Readonly<Record<string, { readonly status: string; readonly reason: string }>>;
}

async function readyz(sidecar: RunningSidecar): Promise<{ status: number; body: Readyz }> {
  const answer = await fetch(`${sidecar.adminUrl}/readyz`);
  return { status: answer.status, body: (await answer.json()) as Readyz };
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 1_200; i++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  assert.fail(`not within 30 s: ${what}`);
}

const valid = (sidecar: RunningSidecar, value: number) => async () =>
  (await sidecar.metric('lambda_ext_proc_policies_valid')) === value;

test('when ready is logged, every listener answers, and the log has the versions', async (t) => {
  const sidecar = await startSidecar({ test: t, config: policies(), listen: ['127.0.0.1:0', '127.0.0.1:0'] });
  for (const address of sidecar.addresses) assert.equal(await askHealth(address, SERVICE), 'SERVING');
  const first = sidecar.logs()[0];
  assert.equal(first?.msg, 'starting');
  assert.equal(first?.node, process.versions.node);
  assert.equal((await readyz(sidecar)).status, 200);
});

test('without a configuration file the server is ready too', async (t) => {
  const sidecar = await startSidecar({ test: t, args: ['--inline-functions', 'order-*'] });
  const { body } = await readyz(sidecar);
  assert.equal(body.checks.policies?.reason, 'no file: only inline policies are served');
});

test('without a file and without rights for inline policies the server says that it serves nothing', async (t) => {
  const sidecar = await startSidecar({ test: t });
  const { status, body } = await readyz(sidecar);
  assert.equal(status, 200);
  assert.equal(body.checks.policies?.status, 'degraded');
  assert.match(body.checks.policies?.reason ?? '', /nothing to serve: give --config, or --inline-functions/);
});

test('/config and the admin page show what is in force and no secret', async (t) => {
  const sidecar = await startSidecar({ test: t, config: policies() });
  for (const path of ['/config', '/api?name=orders', '/']) {
    const text = await (await fetch(sidecar.adminUrl + path)).text();
    assert.match(text, path === '/' ? /The process is <strong>.*ready.*orders/s : /order-enrich/);
    assert.ok(!/S3CR3T|AKIDEXAMPLE/.test(text + sidecar.output()));
  }
});

test('a changed file is taken into force by itself, a broken one is not and shows in metric, readyz and log', async (t) => {
  const sidecar = await startSidecar({ test: t, config: policies() });
  sidecar.writeConfig(policies('second'));
  const config = async (): Promise<string> => await (await fetch(`${sidecar.adminUrl}/config`)).text();
  await until('the second is in force', async () => (await config()).includes('second'));
  sidecar.writeConfig('{"version": 1, "apis": {"orders": {"requst": []}}}');
  await until('the gauge is 0', valid(sidecar, 0));
  const { status, body } = await readyz(sidecar);
  assert.equal(status, 200);
  assert.equal(body.checks.policies?.status, 'degraded');
  assert.match(body.checks.policies?.reason ?? '', /stays in force.*requst/);
  assert.match(await config(), /second/);
  await sidecar.log(({ level, problem }) => level === 'error' && /policies\.json:1:\d+ .*requst/.test(String(problem)));
  sidecar.writeConfig(policies('third'));
  await until('the gauge is 1', valid(sidecar, 1));
  const reloads = await (await fetch(`${sidecar.adminUrl}/reloads`)).text();
  assert.match(reloads, /Changed.*configuration\.function.*cannot be used.*requst.*Changed.*configuration\.function/s);
});

test('SIGHUP reads the file again', async (t) => {
  const sidecar = await startSidecar({ test: t, config: policies() });
  sidecar.signal('SIGHUP');
  await until('a second load', async () => (await sidecar.metric('lambda_ext_proc_reloads_total{result="ok"}')) >= 2);
});

test('SIGTERM: not ready but serving for the grace, then an end with code 0 and no socket file', async (t) => {
  const sidecar = await startSidecar({ test: t, args: ['--drain-grace', '1'] });
  sidecar.signal('SIGTERM');
  await sidecar.log(({ msg }) => msg === 'draining');
  const { status, body } = await readyz(sidecar);
  assert.equal(status, 503);
  assert.equal(body.checks.listeners?.reason, 'draining');
  assert.equal(await askHealth(sidecar.address, SERVICE), 'NOT_SERVING');
  assert.equal(await sidecar.exited, 0);
  assert.ok(!existsSync(sidecar.address.slice('unix:'.length)));
});

test('a second SIGTERM cuts the grace short, with code 1', async (t) => {
  const sidecar = await startSidecar({ test: t, args: ['--drain-grace', '600'] });
  sidecar.signal('SIGTERM');
  await sidecar.log(({ msg }) => msg === 'draining');
  sidecar.signal('SIGTERM');
  assert.equal(await sidecar.exited, 1);
});

test('SIGINT ends without the grace', async (t) => {
  const sidecar = await startSidecar({ test: t, args: ['--drain-grace', '600'] });
  sidecar.signal('SIGINT');
  assert.equal(await sidecar.exited, 0);
});

for (const workers of [1, 2]) {
  test(`SIGUSR1 opens no inspector in any of the processes of ${workers} workers, and ends none`, async (t) => {
    const sidecar = await startSidecar({ test: t, workers });
    const pids = [
      sidecar.pid,
      ...((sidecar.logs().find(({ msg }) => msg === 'ready')?.pids as number[] | undefined) ?? []),
    ];
    assert.equal(pids.length, workers === 1 ? 1 : 3);
    for (const pid of pids) process.kill(pid, 'SIGUSR1');
    // What a signal before this one does has been done when this one has.
    sidecar.signal('SIGHUP');
    await sidecar.log(({ msg }) => msg.includes('configuration') || msg.includes('policies'));
    for (const address of sidecar.addresses) assert.equal(await askHealth(address, SERVICE), 'SERVING');
    assert.ok(!/Debugger|inspector/i.test(sidecar.output()), sidecar.output());
    for (const pid of pids) assert.doesNotThrow(() => process.kill(pid, 0));
  });
}

test('a port beyond this machine ends the start, or with --insecure-plaintext shows in /readyz and in the log', async (t) => {
  await assert.rejects(startSidecar({ test: t, listen: ['0.0.0.0:0'] }), /can be reached from other machines/);
  await assert.rejects(
    startSidecar({ test: t, listen: ['0.0.0.0:0', 'unix:/tmp/x{worker}'], workers: 2 }),
    /needs \{worker\}|other machines/,
  );
  const sidecar = await startSidecar({ test: t, listen: ['0.0.0.0:0'], args: ['--insecure-plaintext'] });
  const { status, body } = await readyz(sidecar);
  assert.equal(status, 200);
  assert.equal(body.checks.ports?.status, 'degraded');
  assert.match(body.checks.ports?.reason ?? '', /--insecure-plaintext: every client that reaches 0\.0\.0\.0:\d+/);
  assert.ok(sidecar.logs().some(({ level, msg }) => level === 'warn' && msg.includes('--insecure-plaintext')));
});

for (const [args, problem] of [
  [['--tls-client-name', 'a'], /--tls-client-name requires --tls-client-ca/],
  [['--admin-host', 'a:80'], /--admin-host "a:80" is not a host name/],
  [['--admin-host', '*'], /--admin-host "\*" is not a host name/],
] as const) {
  test(`${args.join(' ')} is an error of the command line`, async (t) => {
    await assert.rejects(
      startSidecar({ test: t, args }),
      (error: Error) => /ended \(2\)/.test(error.message) && problem.test(error.message),
    );
  });
}

test('SIGUSR2 without workers is a log line, not an end', async (t) => {
  const sidecar = await startSidecar({ test: t });
  sidecar.signal('SIGUSR2');
  await sidecar.log(({ level, msg }) => level === 'warn' && msg.includes('--workers'));
  assert.equal((await readyz(sidecar)).status, 200);
});

for (const [what, options, message] of [
  [
    'a configuration that is not there',
    { args: ['--config', '/no/such.yaml'] },
    /\/no\/such\.yaml: there is no such file/,
  ],
  ['a configuration that is wrong', { config: 'version: 1\napis: 5\n' }, /policies\.yaml:2:7 apis/],
  [
    'a socket in a directory that is not there',
    { listen: ['unix:/no/such/a.sock'] },
    /unix:\/no\/such\/a\.sock: its directory does not exist/,
  ],
  ['an address that is none', { listen: ['nonsense'] }, /cannot listen on nonsense: expected unix:\/path or host:port/],
  [
    'a certificate that is not there',
    { args: ['--tls-cert', '/no.crt', '--tls-key', '/no.key'] },
    /TLS certificate \/no\.crt cannot be read/,
  ],
  ['an admin port that is none', { args: ['--admin', 'here'] }, /--admin here is not an address/],
] as const) {
  test(`${what} is one clear line and code 1`, async (t) => {
    await assert.rejects(
      startSidecar({ test: t, ...options }),
      (error: Error) =>
        /ended \(1\)/.test(error.message) && message.test(error.message) && !/\n +at /.test(error.message),
    );
  });
}

test('a port that another process has is named, and nothing is left behind', async (t) => {
  const other = createServer();
  t.after(() => other.close());
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const address = other.address();
  const port = typeof address === 'object' ? address?.port : 0;
  await assert.rejects(
    startSidecar({ listen: [`127.0.0.1:${port}`] }),
    new RegExp(`127\\.0\\.0\\.1:${port}: the address is in use`),
  );
});

for (const workers of [1, 2]) {
  test(`an admin port that is taken ends the start of ${workers} without leaving a socket`, async (t) => {
    const helper = await startSidecar({ test: t });
    const admin = new URL(helper.adminUrl).host;
    const listen = [`unix:${helper.directory}/x{worker}.sock`];
    await assert.rejects(
      startSidecar({ listen, workers, args: ['--admin', admin] }),
      new RegExp(`${admin} \\(admin port\\): the address is in use`),
    );
    assert.ok(!existsSync(join(helper.directory, 'x0.sock')));
  });
}

test('two workers are summed on one admin port, reload as one and survive kill -9 of one', async (t) => {
  const sidecar = await startSidecar({ test: t, config: policies(), workers: 2 });
  assert.equal(sidecar.addresses.length, 2);
  assert.equal(await sidecar.metric('lambda_ext_proc_workers_ready'), 2);
  const ready = await sidecar.log(({ msg }) => msg === 'ready');
  const [first] = ready.pids as readonly number[];
  if (process.platform === 'linux') {
    const commandLine = readFileSync(`/proc/${first}/cmdline`, 'utf8').split('\0');
    for (const flag of NODE_FLAGS) assert.ok(commandLine.includes(flag), `the worker was started without ${flag}`);
  }

  sidecar.writeConfig('apis: [');
  await until('the broken file is seen', valid(sidecar, 0));
  process.kill(first ?? 0, 'SIGKILL');
  await sidecar.log(({ msg }) => msg === 'worker started again');
  for (const address of sidecar.addresses) assert.equal(await askHealth(address, SERVICE), 'SERVING');
  assert.equal(await sidecar.metric('lambda_ext_proc_worker_restarts_total'), 1);

  sidecar.writeConfig(policies('second'));
  await until('the new file is in force', valid(sidecar, 1));
  assert.match(await (await fetch(`${sidecar.adminUrl}/config`)).text(), /second/);
  assert.equal(await sidecar.stop(), 0);
});

test('SIGUSR2 replaces every worker, and a client sees one that serves at any time', async (t) => {
  const sidecar = await startSidecar({ test: t, workers: 2 });
  let rolling = true;
  t.after(() => {
    rolling = false;
  });
  const answers = new Set<string>();
  const asking = (async () => {
    while (rolling) for (const address of sidecar.addresses) answers.add(await askHealth(address, SERVICE));
  })();
  sidecar.signal('SIGUSR2');
  await sidecar.log(({ msg }) => msg === 'all workers were restarted');
  rolling = false;
  await asking;
  assert.deepEqual([...answers], ['SERVING']);
  assert.equal(sidecar.logs().filter(({ msg }) => msg === 'worker replaced').length, 2);
});

test('a worker that cannot start ends the whole start, with its reason', async (t) => {
  const sidecar = await startSidecar({ test: t });
  const taken = join(sidecar.directory, '1.sock');
  const other = createServer();
  t.after(() => other.close());
  await new Promise<void>((resolve) => other.listen(taken, resolve));
  assert.ok(statSync(taken).isSocket());
  await assert.rejects(
    startSidecar({ workers: 2, listen: [`unix:${sidecar.directory}/{worker}.sock`], env: {} }),
    /0\.sock: the address is in use|1\.sock: the address is in use/,
  );
});

test('an environment can say it all', async (t) => {
  const helper = await startSidecar({ test: t });
  const config = join(helper.directory, 'env.yaml');
  writeFileSync(config, 'version: 1\n');
  const sidecar = await startSidecar({
    test: t,
    env: { LAMBDA_EXT_PROC_CONFIG: config, LAMBDA_EXT_PROC_LOG_LEVEL: 'info' },
  });
  assert.match((await readyz(sidecar)).body.checks.policies?.reason ?? '', /env\.yaml, version/);
});
