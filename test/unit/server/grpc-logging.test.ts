import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:http2';
import { test } from 'node:test';
import { createLogger } from '../../../src/observability/index.ts';
import { grpcMessage } from '../../../src/server/grpc-logging.ts';
import { createServer, parseListenAddress, routeGrpcLogging } from '../../../src/server/index.ts';
import { echoService } from '../../support/echo-service.ts';

test('a metadata value that grpc-js refuses is logged by its name and never by its value, nor printed', async (t) => {
  const lines: string[] = [];
  const logger = createLogger({ destination: { write: (line: string) => void lines.push(line) } });
  const printed = t.mock.method(console, 'error', () => {});
  routeGrpcLogging(logger);
  const server = await createServer({
    services: [echoService()],
    listeners: [parseListenAddress('127.0.0.1:0')],
    maxBodyBytes: 1024,
    maxConcurrentStreams: 100,
    logger,
  });
  t.after(() => server.close());
  const client = connect(`http://${server.addresses[0]}`);
  t.after(() => client.destroy());
  const stream = client.request({
    ':method': 'POST',
    ':path': '/test.Echo/Process',
    'content-type': 'application/grpc',
    'x-lambda-policies': '{"secretKey":"wJalr\u00fcSECRET"}',
  });
  stream.write(Buffer.from([0, 0, 0, 0, 1, 42]));
  await once(stream, 'data');
  stream.close();

  assert.equal(lines.length, 1);
  const line = JSON.parse(lines[0] ?? '{}') as Record<string, unknown>;
  assert.equal(line.component, 'grpc-js');
  assert.match(
    String(line.msg),
    /gRPC metadata "x-lambda-policies" was refused because its value is not printable ASCII/,
  );
  assert.ok(!lines.join('').includes('SECRET'));
  assert.equal(printed.mock.callCount(), 0);
});

test('messages that quote headers as JSON lose everything from the brace on, others stay', () => {
  assert.equal(
    grpcMessage(['Received server headers {":path":"/x","authorization":"S3CR3T"}']),
    'Received server headers (values not shown)',
  );
  assert.equal(
    grpcMessage(['Failed to set secure context with error bad']),
    'Failed to set secure context with error bad',
  );
  assert.ok(!grpcMessage(['Failed to add metadata entry a b: S3CR3T']).includes('S3CR3T'));
  assert.ok(grpcMessage(['x'.repeat(100_000)]).length <= 500);
});
