// Writes schema/*.schema.json from the definitions that validate documents: `node scripts/generate-schema.ts`.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SCHEMAS, schemaText } from '../src/commands/schema.ts';

for (const name of ['policies', 'test'] as const) {
  writeFileSync(join(import.meta.dirname, '../schema', SCHEMAS[name].file), schemaText(name));
}
