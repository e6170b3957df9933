// Writes schema/*.schema.json from the definitions by which documents are checked: `node scripts/generate-schema.ts`.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { policiesJsonSchema } from '../src/config/index.ts';
import { policyTestsJsonSchema } from '../src/policy-tests/index.ts';

const schemas = { policies: policiesJsonSchema(), 'policy-tests': policyTestsJsonSchema() };
for (const [name, schema] of Object.entries(schemas)) {
  const file = join(import.meta.dirname, `../schema/${name}.schema.json`);
  writeFileSync(file, `${JSON.stringify(schema, null, 2)}\n`);
}
