import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Metadata, type ServerInterceptingCallInterface, status } from '@grpc/grpc-js';
import { serveDirectly } from '../../../src/server/direct-calls.ts';
import { echoService } from '../../support/echo-service.ts';

test('a handler that throws ends its call, and the error reaches the handler of uncaught exceptions', () => {
  const statuses: number[] = [];
  const call = {
    start: (listener: { onReceiveMetadata(metadata: Metadata): void }) => listener.onReceiveMetadata(new Metadata()),
    sendStatus: ({ code }: { readonly code: number }) => void statuses.push(code),
  };
  const { Process: method } = echoService().definition;
  assert.ok(method !== undefined);
  const handler = (): never => {
    throw new Error('broken');
  };
  const interceptor = serveDirectly(new Map([[method.path, handler]]), 1_000, () =>
    assert.fail('the timer is cleared'),
  );
  const intercepted = interceptor(method, call as unknown as ServerInterceptingCallInterface);
  const listener = { onReceiveMetadata() {}, onReceiveMessage() {}, onReceiveHalfClose() {}, onCancel() {} };
  assert.throws(() => intercepted.start(listener), /broken/);
  assert.deepEqual(statuses, [status.UNKNOWN]);
});
