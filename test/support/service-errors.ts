import * as lambda from '@aws-sdk/client-lambda';

/** An error class of the service, as the SDK's own schema tells it. */
export interface ServiceErrorSchema {
  readonly name: string;
  readonly status: number;
}

/** All error schemas that `@aws-sdk/client-lambda` exports and that have a status. */
export function serviceErrorSchemas(): readonly ServiceErrorSchema[] {
  const found: ServiceErrorSchema[] = [];
  for (const [name, value] of Object.entries(lambda)) {
    if (!name.endsWith('Exception$') || !Array.isArray(value) || value[0] !== -3) continue;
    const traits: unknown = value[3];
    const status =
      typeof traits === 'object' && traits !== null && 'httpError' in traits ? traits.httpError : undefined;
    if (typeof status === 'number') found.push({ name: String(value[2]), status });
  }
  return found;
}
