import type { PolicySet } from '../policy/index.ts';

/** How much memory streamed answers of a document may need in Envoy: one line, or none if nothing streams. */
export function streamNotes(file: string, { apis, limits }: PolicySet): readonly string[] {
  const steps = [...apis.values()].flatMap(({ request }) => request);
  const sizes = steps.flatMap(({ configuration: { streaming } }) => (streaming ? [streaming.limits.maxBytes] : []));
  if (sizes.length === 0) return [];
  const most = Math.max(...sizes);
  const { responseStreams } = limits;
  const sum = responseStreams * most;
  return [
    `${file}: note: streamed answers can make Envoy buffer limits.responseStreams × maxBytes = ${responseStreams} × ${most} = ${sum} bytes (${gigabytes(sum)} GB) for slow callers, for each worker`,
  ];
}

function gigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(1);
}
