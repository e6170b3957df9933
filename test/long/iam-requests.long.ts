process.env.IAM_DOCUMENTS ??= '20000';
await import('../unit/config/iam/iam-requests.test.ts');
