import { test } from 'node:test';
import { importMutated } from './mutated-definitions.ts';

test('3,000 definitions with odd values give files that Envoy accepts, or an error', (t) => {
  importMutated(t, { definitions: 3000, validated: 600 });
});
