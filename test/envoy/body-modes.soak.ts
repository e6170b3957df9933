process.env.BODY_ROUNDS ??= '20';
await import('./body-modes.test.ts');
