process.env.PROTOCOL_SEQUENCES ??= '100000';
await import('./protocol-hostile.test.ts');
await import('./protocol-model.test.ts');
