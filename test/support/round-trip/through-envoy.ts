import type { TestContext } from 'node:test';
import { startEnvironment } from '../environment.ts';
import { callHttp1 } from '../exact-call.ts';
import { startLocalLambda } from '../local-lambda.ts';
import { checkReceived, checkSeen } from './expect.ts';
import type { GeneratedAnswer, RoundTrip } from './generate.ts';
import { type Dialect, dialectNames, dialects, type Oracle, type SeenRequest } from './oracles.ts';
import { type Covered, eachTrip } from './run.ts';

export interface TripsThroughEnvoy {
  /** As `roundTrips`, but from a caller over HTTP/1.1 to the application and back. */
  run(dialect: Dialect, count: number, seed: number): Promise<Covered>;
}

/** One function behind a real Envoy, in every dialect. */
export async function startTripsThroughEnvoy(oracle: Oracle, test: TestContext): Promise<TripsThroughEnvoy> {
  let answer: GeneratedAnswer | undefined;
  let seen: SeenRequest | undefined;
  const lambda = await startLocalLambda({
    async f(event) {
      if (answer === undefined) throw new Error('nobody asked');
      const invoked = await oracle.invoke(event, answer);
      seen = invoked.seen;
      return invoked.result;
    },
  });
  test.after(() => lambda.stop());
  const keys = { function: 'f', endpoint: lambda.endpoint, accessKey: 'AKIDEXAMPLE', secretKey: 'secret' };
  const apis = dialectNames.map((dialect) => {
    return [dialect, { request: [{ configuration: { ...keys, ...dialects[dialect], sendToConsumer: true } }] }];
  });
  const environment = await startEnvironment(
    {
      policies: { version: 1, defaults: { region: 'us-east-1' }, apis: Object.fromEntries(apis) },
      envoy: {
        requestAttributes: ['source.address', 'destination.address', 'request.protocol'],
        // By a header: the path is the application's.
        routes: dialectNames.map((dialect) => ({
          name: dialect,
          metadata: { 'x-lambda-api': dialect },
          extra: { match: { prefix: '/', headers: [{ name: 'x-dialect', string_match: { exact: dialect } }] } },
        })),
      },
    },
    test,
  );
  test.after(() => environment.backend.stop());
  const oneTrip = async (dialect: Dialect, { request, answer: told }: RoundTrip) => {
    answer = told;
    seen = undefined;
    const { method, path, query, headers, body } = request;
    const lines: Record<string, string[]> = { 'x-dialect': [dialect] };
    for (const [name, value] of headers) lines[name] = [...(lines[name] ?? []), value];
    const received = await callHttp1(environment.envoy.url, {
      method,
      path: query === undefined ? path : `${path}?${query}`,
      headers: lines,
      ...(body !== undefined && { body }),
    });
    if (seen === undefined) throw new Error(`the application saw nothing: ${received.status} ${received.body}`);
    checkSeen(oracle.name, dialect, request, seen);
    checkReceived({ oracle: oracle.name, dialect, isEnvoy: true }, method, told, received);
  };
  return {
    run: (dialect, count, seed) => eachTrip({ oracle, dialect, count, seed }, (trip) => oneTrip(dialect, trip)),
  };
}
