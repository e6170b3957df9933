// The whole count: `npm test` takes a quarter of it.
process.env.EXPRESSION_FUZZ_COUNT ??= '200000';
await import('./fuzz.test.ts');
