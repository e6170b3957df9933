process.env.IDLE_STREAMS ??= '10000';
process.env.VANISHING_CALLERS ??= '10000';
await import('./hostile-peers.test.ts');
await import('./vanishing-callers.test.ts');
