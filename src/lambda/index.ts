export { InvocationError, type InvocationErrorKind } from './invocation-error.ts';
export type * from './types.ts';
