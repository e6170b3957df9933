import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SourceError } from '../../../src/config/index.ts';
import { ImportError, importDefinitions } from '../../../src/import/index.ts';
import { importMutated } from './mutated-definitions.ts';

test('definitions with odd values give files that Envoy accepts, or an error', (t) => {
  importMutated(t, { definitions: 60, validated: 6 });
});

test('any text is an error with its place, or a definition', () => {
  const text = fc.oneof(
    fc.string(),
    fc.json(),
    fc.constantFrom('---\n---\n', '%YAML 1.1\n---\na', '[[[', 'kind: List\nitems: [1]'),
  );
  fc.assert(
    fc.property(text, fc.constantFrom('a.json', 'a.yaml'), (content, name) => {
      try {
        importDefinitions(content, name);
      } catch (error) {
        assert.ok(error instanceof ImportError || error instanceof SourceError, String(error));
      }
    }),
    { numRuns: 400 },
  );
});
