process.env.ENVOY_CHAINS ??= '400';
process.env.ENVOY_CHAIN_REQUESTS ??= '10';
await import('./chains.test.ts');
