// Writes schema/policies.schema.json from the definitions by which documents are checked: `node scripts/generate-schema.ts`.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { policiesJsonSchema } from '../src/config/index.ts';

const root = join(import.meta.dirname, '..');
const file = join(root, 'schema/policies.schema.json');
writeFileSync(file, JSON.stringify(policiesJsonSchema(), null, 2));
execFileSync(join(root, 'node_modules/.bin/biome'), ['format', '--write', file], { stdio: 'inherit' });
