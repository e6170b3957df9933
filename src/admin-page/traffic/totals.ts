import { type MetricSnapshot, metricCatalogue } from '../../observability/index.ts';
import { type Buckets, NO_BUCKETS, sum } from './quantile.ts';

/** The metrics of the page at one moment. Counters only increase, except after a restart of a process. */
export interface Totals {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly requests: number;
  readonly requestsInFlight: number;
  readonly bufferedBytes: number;
  /** Of requests, by kind; without those that callers caused. */
  readonly failures: ReadonlyMap<string, number>;
  /** Invocations without an answer, by kind. */
  readonly invocationErrors: ReadonlyMap<string, number>;
  readonly sidecarTime: Buckets;
  /** Of all invocations. */
  readonly lambdaTime: Buckets;
  /** One for each API. */
  readonly functions: readonly FunctionTotals[];
  readonly credentials: readonly CredentialTotals[];
  readonly memoryBytes: number;
  readonly cpuSeconds: number;
}

export interface FunctionTotals {
  readonly api: string;
  readonly function: string;
  readonly invocations: number;
  readonly errors: number;
  readonly time: Buckets;
}

export interface CredentialTotals {
  readonly source: string;
  readonly valid: boolean;
  readonly pastExpiry: boolean;
  /** Seconds. */
  readonly age: number | undefined;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number | undefined;
}

type Labels = Readonly<Record<string, string>>;

interface Value {
  readonly labels: Labels;
  readonly value: number;
  readonly name: string | undefined;
}

export function totalsOf(snapshot: MetricSnapshot, at: number): Totals {
  const byName = new Map(snapshot.map((metric) => [metric.name, metric]));
  const values = (metric: keyof typeof metricCatalogue): readonly Value[] =>
    (byName.get(metricCatalogue[metric].name)?.values ?? []).map((value) => ({
      labels: value.labels as Labels,
      value: value.value,
      name: (value as { readonly metricName?: string }).metricName,
    }));
  const total = (metric: keyof typeof metricCatalogue): number =>
    values(metric).reduce((sum, { value }) => sum + value, 0);
  const times = histograms(values('invocationTime'));
  return {
    at,
    requests: total('streams'),
    requestsInFlight: total('streamsInFlight'),
    bufferedBytes: total('bufferedBytes'),
    failures: byLabel(values('failures'), 'kind'),
    invocationErrors: byLabel(values('invocations').filter(isError), 'kind'),
    sidecarTime: sum([...histograms(values('sidecarTime')).values()]),
    lambdaTime: sum([...times.values()]),
    functions: functionsOf(values('invocations'), times),
    credentials: credentialsOf(values),
    memoryBytes: total('residentMemory'),
    cpuSeconds: total('cpu'),
  };
}

/** A caller who left is not an error. */
function isError({ labels }: Value): boolean {
  return labels.outcome === 'error' || labels.outcome === 'function_error';
}

function byLabel(values: readonly Value[], label: string): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const { labels, value } of values) {
    const name = labels[label] ?? '';
    sums.set(name, (sums.get(name) ?? 0) + value);
  }
  return sums;
}

function functionsOf(invocations: readonly Value[], times: ReadonlyMap<string, Buckets>): readonly FunctionTotals[] {
  const found = new Map<string, { invocations: number; errors: number; labels: Labels }>();
  for (const value of invocations) {
    const key = seriesKey(value.labels);
    const known = found.get(key) ?? { invocations: 0, errors: 0, labels: value.labels };
    known.invocations += value.value;
    if (isError(value)) known.errors += value.value;
    found.set(key, known);
  }
  return [...found].map(([key, { invocations: count, errors, labels }]) => ({
    api: labels.api ?? '',
    function: labels.function ?? '',
    invocations: count,
    errors,
    time: times.get(key) ?? NO_BUCKETS,
  }));
}

/** The buckets of each series of one histogram; those of a snapshot are cumulative, in ascending order. */
function histograms(values: readonly Value[]): ReadonlyMap<string, Buckets> {
  const series = new Map<string, { bounds: number[]; counts: number[]; below: number }>();
  for (const { name, labels, value } of values) {
    if (name?.endsWith('_bucket') !== true) continue;
    const key = seriesKey(labels);
    const known = series.get(key) ?? { bounds: [], counts: [], below: 0 };
    series.set(key, known);
    known.counts.push(value - known.below);
    known.below = value;
    if (String(labels.le) !== '+Inf') known.bounds.push(Number(labels.le));
  }
  return series;
}

function seriesKey({ api = '', function: name = '' }: Labels): string {
  return JSON.stringify([api, name]);
}

function credentialsOf(values: (metric: CredentialMetric) => readonly Value[]): readonly CredentialTotals[] {
  const of = (metric: CredentialMetric): ReadonlyMap<string, number> => byLabel(values(metric), 'source');
  const ages = of('credentialsAge');
  const expiries = of('credentialsExpiry');
  const past = of('credentialsPastExpiry');
  return [...of('credentialsValid')].map(([source, valid]) => {
    const expiry = expiries.get(source);
    return {
      source,
      valid: valid === 1,
      pastExpiry: past.get(source) === 1,
      age: ages.get(source),
      expiresAt: expiry === undefined ? undefined : expiry * 1000,
    };
  });
}

type CredentialMetric = 'credentialsAge' | 'credentialsExpiry' | 'credentialsValid' | 'credentialsPastExpiry';
