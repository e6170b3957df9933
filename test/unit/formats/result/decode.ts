import assert from 'node:assert/strict';
import {
  albResponse,
  apiGatewayV1Response,
  apiGatewayV2Response,
  FormatError,
  functionUrlResponse,
  httpApiV1Response,
  isWhole,
  type ResponseFormat,
} from '../../../../src/formats/index.ts';

/** Every format of AWS's, and ALB in both of its modes. */
export const dialects = {
  'api-gateway-v1': apiGatewayV1Response,
  'http-api-v1': httpApiV1Response,
  'api-gateway-v2': apiGatewayV2Response,
  'function-url': functionUrlResponse,
  alb: albResponse(false),
  'alb multi-value': albResponse(true),
} as const satisfies Record<string, ResponseFormat>;

export type Dialect = keyof typeof dialects;
export const dialectNames = Object.keys(dialects) as Dialect[];

export interface Decoded {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

/** A result: text, bytes, or a value that is written as JSON. */
export function decode(dialect: Dialect, result: unknown): Decoded {
  const payload =
    result instanceof Uint8Array ? result : Buffer.from(typeof result === 'string' ? result : JSON.stringify(result));
  const { status, headers, body } = dialects[dialect].decode({ status: 200, payload });
  assert.ok(isWhole(body));
  return { status, headers, body: Buffer.from(body).toString() };
}

/** The values of one header. */
export function values(dialect: Dialect, result: unknown, name: string): string[] {
  return decode(dialect, result)
    .headers.filter(([key]) => key === name)
    .map(([, value]) => value);
}

/** Which key a result that is no answer gets; undefined: it is one. */
export function refusal(dialect: Dialect, result: unknown): FormatError['kind'] | undefined {
  try {
    decode(dialect, result);
    return undefined;
  } catch (error) {
    assert.ok(error instanceof FormatError, String(error));
    return error.kind;
  }
}
