import type { Reporter } from './compile/reporter.ts';
import type { ApiDocument, ConfigurationDocument } from './schema/index.ts';

type Defaults = ConfigurationDocument | null | undefined;

/**
 * Each step has all of `defaults` laid under it: a long one and many steps multiply, in time and in memory. Reports an error
 * where that makes more than `most` values.
 */
export function checkLaidDefaults(
  defaults: Defaults,
  apis: readonly ApiDocument[],
  most: number,
  reporter: Reporter,
): void {
  const values = valuesIn(defaults);
  const steps = apis.reduce((sum, { request, response, pre, post }) => {
    return [request, response, pre, post].reduce((own, list) => own + (list?.length ?? 0), sum);
  }, 0);
  if (values * steps <= most) return;
  const message = `${values} values of \`defaults\` apply to each of ${steps} steps: at most ${most} in total; set them in fewer steps`;
  reporter.error([], message);
}

function valuesIn(data: unknown): number {
  if (typeof data !== 'object' || data === null) return 1;
  return Object.values(data).reduce((sum: number, item) => sum + valuesIn(item), 0);
}
