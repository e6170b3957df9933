process.env.POD_RATE ??= '2000';
process.env.POD_REPLACED ??= '4';
await import('./pod-end.test.ts');
