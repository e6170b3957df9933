process.env.SEQUENCES ??= '1000000';
await import('./sequences.test.ts');
