import type { PolicySet } from '../policy/index.ts';

/** What streamed answers of a document may have Envoy keep: a line, or none where nothing streams. */
export function streamNotes(file: string, { apis, limits }: PolicySet): readonly string[] {
  const steps = [...apis.values()].flatMap(({ request }) => request);
  const sizes = steps.flatMap(({ configuration: { streaming } }) => (streaming ? [streaming.limits.maxBytes] : []));
  if (sizes.length === 0) return [];
  const most = Math.max(...sizes);
  const { responseStreams } = limits;
  const sum = responseStreams * most;
  return [
    `${file}: streamed answers can make Envoy buffer limits.responseStreams × maxBytes = ${responseStreams} × ${most} = ${sum} bytes (${gigabytes(sum)} GB) for slow callers, for each worker`,
  ];
}

function gigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(1);
}
