process.env.PROTOCOL_SEQUENCES ??= '20000';
await import('./protocol-hostile.test.ts');
await import('./protocol-model.test.ts');
