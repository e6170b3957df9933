import type { EnvoyNode } from '../envoy-node.ts';

const MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** Converts a duration of Go (`1m30s`, `500ms`) to protobuf's JSON; undefined if the text is not a duration. */
export function envoyDuration(node: EnvoyNode | undefined): string | undefined {
  const text = typeof node?.data === 'string' ? node.data : '';
  if (!/^(?:\d{1,9}(?:\.\d{1,9})?(?:h|ms|m|s)){1,4}$/.test(text)) return undefined;
  const parts = text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s)/g);
  const ms = [...parts].reduce((sum, [, number, unit]) => sum + Number(number) * (MS[unit ?? ''] ?? 0), 0);
  return `${ms / 1000}s`;
}

const FACTORS: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
};

/** Converts a quantity of Kubernetes (`6Mi`) to bytes; undefined if the text is not a quantity. */
export function bytesOf(node: EnvoyNode | undefined): number | undefined {
  const [, number, unit = ''] = /^(\d{1,15}(?:\.\d{1,9})?)(k|M|G|Ki|Mi|Gi)?$/.exec(String(node?.data ?? '')) ?? [];
  const factor = FACTORS[unit];
  return number === undefined || factor === undefined ? undefined : Math.floor(Number(number) * factor);
}
