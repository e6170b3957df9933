// Writes schema/policies.schema.json from the definitions by which documents are checked: `node scripts/generate-schema.ts`.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { policiesJsonSchema } from '../src/config/index.ts';

const file = join(import.meta.dirname, '../schema/policies.schema.json');
writeFileSync(file, `${JSON.stringify(policiesJsonSchema(), null, 2)}\n`);
