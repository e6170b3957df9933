import { type ExporterSettings, endpointVariables, readExporterSettings } from './exporter-settings.ts';
import { type Environment, quoted, type VariableProblem, Variables } from './variables.ts';

/** Which traces are recorded. */
export interface SamplerSettings {
  /** As OTEL_TRACES_SAMPLER names it. */
  readonly name: string;
  /** Whether the decision of the parent span is followed. */
  readonly parentBased: boolean;
  /** For streams without a parent span. */
  readonly root: 'always_on' | 'always_off' | 'ratio';
  /** From 0 to 1. */
  readonly ratio: number;
}

/** The queue of spans. Times in milliseconds. */
export interface BatchSettings {
  readonly delayMs: number;
  readonly timeoutMs: number;
  readonly queue: number;
  readonly batch: number;
}

export interface TracingSettings {
  readonly exporter: ExporterSettings;
  readonly sampler: SamplerSettings;
  readonly batch: BatchSettings;
  /** The attributes of this process. */
  readonly resource: Readonly<Record<string, string>>;
}

export interface TracingChoice {
  /** Undefined: no traces. */
  readonly settings: TracingSettings | undefined;
  readonly problems: readonly VariableProblem[];
}

const SAMPLERS: Readonly<Record<string, Pick<SamplerSettings, 'parentBased' | 'root'>>> = {
  always_on: { parentBased: false, root: 'always_on' },
  always_off: { parentBased: false, root: 'always_off' },
  traceidratio: { parentBased: false, root: 'ratio' },
  parentbased_always_on: { parentBased: true, root: 'always_on' },
  parentbased_always_off: { parentBased: true, root: 'always_off' },
  parentbased_traceidratio: { parentBased: true, root: 'ratio' },
};
const DEFAULT_SAMPLER = 'parentbased_traceidratio';
const MAX_QUEUE = 65_536;

/**
 * What the standard variables say (https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/). Traces are on
 * if OTEL_TRACES_EXPORTER is otlp, or if it is not set but an endpoint is; docs/guides/tracing.md has each variable.
 */
export function readTracingSettings(environment: Environment): TracingChoice {
  const variables = new Variables(environment);
  if (!isSwitchedOn(variables)) return { settings: undefined, problems: variables.problems };
  const settings = {
    exporter: readExporterSettings(variables),
    sampler: readSampler(variables),
    batch: readBatch(variables),
    resource: readResource(variables),
  };
  const { problems } = variables;
  return { settings: problems.some(({ fatal }) => fatal) ? undefined : settings, problems };
}

function isSwitchedOn(variables: Variables): boolean {
  if (variables.choice(['OTEL_SDK_DISABLED'], ['true', 'false']) === 'true') return false;
  const variable = 'OTEL_TRACES_EXPORTER';
  const text = variables.text(variable);
  if (text === undefined) return variables.first(endpointVariables) !== undefined;
  const names = text.split(',').map((name) => name.trim().toLowerCase());
  const others = names.filter((name) => name !== 'otlp' && name !== 'none');
  if (names.includes('otlp')) {
    if (others.length > 0) variables.note(variable, `of ${quoted(text)} only otlp is used`);
    return true;
  }
  if (others.length > 0) variables.refuse(variable, `${quoted(text)} is neither otlp nor none`);
  return false;
}

function readSampler(variables: Variables): SamplerSettings {
  const known = Object.keys(SAMPLERS);
  const name = variables.choice(['OTEL_TRACES_SAMPLER'], known) ?? DEFAULT_SAMPLER;
  const { parentBased = true, root = 'ratio' } = SAMPLERS[name] ?? {};
  const ratio =
    root === 'ratio' ? variables.number(['OTEL_TRACES_SAMPLER_ARG'], { from: 0, to: 1, whole: false }) : undefined;
  return { name, parentBased, root, ratio: ratio ?? 1 };
}

function readBatch(variables: Variables): BatchSettings {
  const queue = variables.number(['OTEL_BSP_MAX_QUEUE_SIZE'], { from: 1, to: MAX_QUEUE }) ?? 2_048;
  const asked = variables.number(['OTEL_BSP_MAX_EXPORT_BATCH_SIZE'], { from: 1, to: MAX_QUEUE });
  if (asked !== undefined && asked > queue) {
    variables.warn('OTEL_BSP_MAX_EXPORT_BATCH_SIZE', `${asked} is more than OTEL_BSP_MAX_QUEUE_SIZE, ${queue}`);
  }
  return {
    delayMs: variables.number(['OTEL_BSP_SCHEDULE_DELAY'], { from: 1, to: 600_000 }) ?? 5_000,
    timeoutMs: variables.number(['OTEL_BSP_EXPORT_TIMEOUT'], { from: 1, to: 600_000 }) ?? 30_000,
    queue,
    batch: Math.min(asked ?? 512, queue),
  };
}

function readResource(variables: Variables): Record<string, string> {
  const attributes = variables.pairs('OTEL_RESOURCE_ATTRIBUTES');
  const name = variables.text('OTEL_SERVICE_NAME');
  return name === undefined ? attributes : { ...attributes, 'service.name': name };
}
