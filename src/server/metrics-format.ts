import type { MetricsFormat } from '../observability/index.ts';

export const METRICS_TYPES: Readonly<Record<MetricsFormat, string>> = {
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

/** OpenMetrics if the client prefers it at least as much as plain text; the Prometheus text format by default. */
export function metricsFormat(accept: string | undefined): MetricsFormat {
  let open = 0;
  let plain = 0;
  for (const part of (accept ?? '').toLowerCase().split(',')) {
    const [type = '', ...parameters] = part.split(';').map((text) => text.trim());
    const quality = parameters.find((parameter) => parameter.startsWith('q='));
    const q = quality === undefined ? 1 : Number(quality.slice(2)) || 0;
    if (type === 'application/openmetrics-text') open = Math.max(open, q);
    else if (type === 'text/plain') plain = Math.max(plain, q);
  }
  return open > 0 && open >= plain ? 'openmetrics' : 'prometheus';
}
