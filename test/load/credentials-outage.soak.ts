process.env.OUTAGE_SECONDS ??= '30';
await import('./credentials-outage.test.ts');
