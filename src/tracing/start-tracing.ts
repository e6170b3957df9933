import type { TracingParts } from './sdk-tracing.ts';
import { readTracingSettings, type TracingChoice } from './settings.ts';
import type { Tracing } from './span.ts';
import type { Environment } from './variables.ts';

/**
 * Traces of this process as configured in the environment; undefined if they are off. OpenTelemetry's SDK is loaded only here. An
 * invalid variable is logged, and never prevents a server from serving.
 */
export async function startTracing(environment: Environment, parts: TracingParts): Promise<Tracing | undefined> {
  const choice = readTracingSettings(environment);
  report(choice, parts);
  const { settings } = choice;
  if (settings === undefined) return undefined;
  try {
    const { createTracing } = await import('./sdk-tracing.ts');
    return createTracing(settings, parts);
  } catch (error) {
    parts.logger.error({ err: error }, 'traces cannot be recorded');
    return undefined;
  }
}

function report({ settings, problems }: TracingChoice, { logger, worker }: TracingParts): void {
  // All workers have the same environment.
  if (worker !== undefined && worker > 0) return;
  for (const { variable, message, fatal } of problems) {
    const level = fatal ? 'error' : 'warn';
    logger[level](
      { variable, problem: message },
      fatal ? 'traces are off' : 'a variable of OpenTelemetry cannot be used as it is',
    );
  }
  if (settings === undefined) return;
  const { exporter, sampler } = settings;
  const { origin, pathname } = new URL(exporter.url);
  const ratio = sampler.root === 'ratio' ? sampler.ratio : undefined;
  logger.info({ endpoint: `${origin}${pathname}`, sampler: sampler.name, ratio }, 'traces are on');
}
