import { jsonSchemaOf } from '../config/index.ts';
import { testFileSchema } from './schema/index.ts';

/** The JSON Schema of test files, made from the definitions by which they are checked. */
export function policyTestsJsonSchema(version: string): Record<string, unknown> {
  return jsonSchemaOf(testFileSchema, 'policy-tests.schema.json', version);
}
