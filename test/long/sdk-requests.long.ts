process.env.SDK_RUNS ??= '12000';
await import('../unit/lambda/sdk-requests.test.ts');
