import type { CompiledTemplate } from '../expression/index.ts';
import type { TrustedProxies } from './request/trusted-proxies.ts';

/** `format` of a step, compiled. An undefined text has its dialect's default. */
export interface FormatOptions {
  readonly stage: CompiledTemplate | undefined;
  readonly stageVariables: readonly (readonly [name: string, value: CompiledTemplate])[];
  /** Also where it is only the path of a `routeKey`. */
  readonly resource: CompiledTemplate | undefined;
  readonly routeKey: CompiledTemplate | undefined;
  readonly accountId: CompiledTemplate | undefined;
  readonly apiId: CompiledTemplate | undefined;
  readonly domainName: CompiledTemplate | undefined;
  readonly targetGroupArn: CompiledTemplate | undefined;
  readonly multiValueHeaders: boolean;
  readonly headerNames: 'canonical' | 'lower';
  /** In lower case; `*` matches any characters. */
  readonly binaryMediaTypes: readonly string[];
  readonly trustedProxies: TrustedProxies | undefined;
}

export type FormatField = keyof FormatOptions;
