process.env.FAULT_RATE ??= '2000';
process.env.FAULT_SECONDS ??= '35';
process.env.FAULT_KILLS ??= '10';
await import('./faults.test.ts');
