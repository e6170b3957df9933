// A million requests at 32 connections through a real Envoy, sendToConsumer and enrich mixed, with and without the
// graceful-close flag: none fails, one gRPC connection for each thread of Envoy, and memory that stays where it was after
// the first 100,000.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { type Environment, startEnvironment } from '../support/environment.ts';
import { runLoad } from '../support/load.ts';
import { type SteadyLambda, startSteadyLambda } from '../support/steady-lambda.ts';

const threads = 2;
const requests = Number(process.env.SOAK_REQUESTS ?? 1_000_000);

describe('a million requests', () => {
  let lambda: SteadyLambda;
  before(async () => {
    lambda = await startSteadyLambda();
  });
  after(() => lambda.stop());

  for (const gracefulClose of [false, true]) {
    test(`${requests} ${gracefulClose ? 'with' : 'without'} graceful close`, async (t) => {
      const keys = { function: 'f', endpoint: lambda.endpoint, accessKey: 'AKIDEXAMPLE', secretKey: 'secret' };
      const headers = { set: { 'x-tier': 'gold' } };
      const environment = await startEnvironment({
        policies: {
          version: 1,
          apis: {
            sends: { request: [{ configuration: { ...keys, sendToConsumer: true } }] },
            enriches: { request: [{ configuration: { ...keys, mutations: { headers } } }] },
          },
        },
        apis: ['sends', 'enriches'],
        envoy: { gracefulClose, accessLog: false },
        built: true,
        concurrency: threads,
      });
      try {
        const calls = await lambda.calls();
        const first = await load(environment, requests / 10);
        const early = rss(environment.sidecar.pid);
        const rest = await load(environment, requests - requests / 10);
        const late = rss(environment.sidecar.pid);
        const failures = first.failures + rest.failures;
        const connections = await environment.envoy.stat('cluster.sidecar.upstream_cx_total');
        t.diagnostic(
          `${failures} of ${requests} failed at ${Math.round(rest.perSecond)}/s, p99 ${rest.p99} ms; ` +
            `${connections} gRPC connections of ${threads} Envoy threads; RSS ${early} MiB after a tenth, ${late} MiB at the end`,
        );
        assert.equal(failures, 0);
        assert.equal((await lambda.calls()) - calls, requests, 'an invocation for each request, and none twice');
        assert.equal(connections, threads);
        assert.ok(late <= early * 1.1, `RSS grew from ${early} to ${late} MiB`);
      } finally {
        await environment.stop();
      }
    });
  }
});

async function load(environment: Environment, count: number) {
  const results = await Promise.all(
    ['sends', 'enriches'].map((api) =>
      runLoad({ url: `${environment.envoy.url}/${api}`, connections: 16, requests: count / 2 }),
    ),
  );
  return {
    failures: results.reduce((sum, { failures }) => sum + failures, 0),
    perSecond: results.reduce((sum, { requestsPerSecond }) => sum + requestsPerSecond, 0),
    p99: Math.max(...results.map(({ p99 }) => Math.round(p99))),
  };
}

function rss(pid: number): number {
  return Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024);
}
