import { jsonSchemaOf } from '../config/index.ts';
import { testFileSchema } from './schema/index.ts';

/** A name and no address: editors are told the file, and nothing is fetched. */
const ID = 'urn:lambda-ext-proc:policy-tests:1';

/** The JSON Schema of files of tests, made of the definitions by which they are checked. */
export function policyTestsJsonSchema(): Record<string, unknown> {
  return jsonSchemaOf(testFileSchema, ID);
}
