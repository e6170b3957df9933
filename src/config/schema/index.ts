export type { ApiDocument, ResponseTemplatesDocument, StepDocument } from './api.ts';
export { apiSchema } from './api.ts';
export type { ConfigurationDocument } from './configuration.ts';
export { documentSchema, type PolicyDocument } from './document.ts';
export { type EnvoyDocument, envoySchema } from './envoy.ts';
export type { BodyDocument } from './field.ts';
export type { AnswerDocument } from './mutations.ts';
export type { RightsDocument } from './rights.ts';
export { validate } from './validate.ts';
