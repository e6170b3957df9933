process.env.EXPIRY_SECONDS ??= '600';
await import('./credentials-expiry.test.ts');
