/**
 * The optional texts of an invocation. They are called the same in policies.yaml, where each is a template; compiler and
 * evaluation read this list, so that a further one needs a line here, its words in the schema and its place in a request.
 */
export const INVOCATION_TEXTS = [
  /** URL of a private or local endpoint; https unless it says http. */
  'endpoint',
  /** Version or alias. */
  'qualifier',
  /** JSON text; sent as base64 in X-Amz-Client-Context. */
  'clientContext',
  /** Tenant of a function with tenant isolation. */
  'tenantId',
] as const;

export type InvocationText = (typeof INVOCATION_TEXTS)[number];
