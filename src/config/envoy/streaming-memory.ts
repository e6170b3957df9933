import type { Limits } from '../../policy/index.ts';
import type { Reporter } from '../compile/reporter.ts';
import type { EnvoyNode } from './envoy-node.ts';
import { streamsOf } from './streaming-checks.ts';
import { nameOf, type UsedRoute } from './used-routes.ts';

const RESET = 'envoy.overload_actions.reset_high_memory_stream';
const FIXED_HEAP = 'envoy.resource_monitors.fixed_heap';

/** Checks how much of Envoy's memory streamed answers can use: Envoy buffers everything that a slow caller has not read. */
export function checkStreamingMemory(
  bootstrap: EnvoyNode,
  used: readonly UsedRoute[],
  limits: Limits,
  reporter: Reporter,
): void {
  const streaming = used.filter((one) => streamsOf(one).length > 0);
  const [first] = streaming;
  if (first === undefined) return;
  const manager = bootstrap.get('overload_manager');
  const holder = manager ?? bootstrap;
  const bytes = limits.responseStreams * Math.max(...streaming.flatMap(streamsOf).map((one) => one.limits.maxBytes));
  const sum = `limits.responseStreams × streaming.maxBytes, ${bytes} bytes for each worker of the server`;
  if (!resetsStreams(manager)) {
    const message = `${nameOf(first)} streams, and nothing resets answers that callers do not read, so Envoy may have to buffer ${sum}: write \`buffer_factory_config: {minimum_account_to_track_power_of_two: 20}\` and the action ${RESET} as envoy/envoy.yaml has them`;
    reporter.warn(holder.placeOf(manager === undefined ? 'overload_manager' : 'actions'), message);
  }
  const heap = heapOf(manager);
  if (heap === undefined || bytes <= heap.bytes) return;
  const message = `slow callers of streamed answers can make Envoy buffer ${sum}, more than this heap of ${heap.bytes}: reduce limits.responseStreams or maxBytes in policies.yaml, or give Envoy more memory`;
  reporter.warn(heap.node.path, message);
}

function resetsStreams(manager: EnvoyNode | undefined): boolean {
  const tracks = manager?.get('buffer_factory_config')?.number('minimum_account_to_track_power_of_two');
  return (tracks ?? 0) > 0 && (manager?.items('actions') ?? []).some((action) => action.text('name') === RESET);
}

function heapOf(manager: EnvoyNode | undefined): { readonly node: EnvoyNode; readonly bytes: number } | undefined {
  const monitor = (manager?.items('resource_monitors') ?? []).find((one) => one.text('name') === FIXED_HEAP);
  const config = monitor?.get('typed_config');
  const node = config?.get('max_heap_size_bytes');
  const bytes = config?.number('max_heap_size_bytes');
  return node === undefined || bytes === undefined ? undefined : { node, bytes };
}
