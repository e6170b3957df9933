process.env.VANISHING_CALLERS ??= '10000';
await import('./vanishing-callers.test.ts');
