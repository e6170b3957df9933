process.env.POD_RATE ??= '2000';
process.env.POD_REPLACED ??= '4';
process.env.POD_KINDS ??= 'native sidecars,plain containers';
await import('./pod-end.test.ts');
