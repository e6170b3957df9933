// Loaded into a server by `--import`: what no request can bring about. A promise that nobody handles, and an event loop that is late.
const BEGIN_MS = 10_000;
const LATE_FOR_MS = 90_000;
const BLOCK_MS = 400;

setTimeout(() => void Promise.reject(new Error('provoked by the test')), BEGIN_MS).unref();
setTimeout(() => {
  const begun = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    if (now - begun > LATE_FOR_MS) clearInterval(timer);
    while (performance.now() - now < BLOCK_MS);
  }, 1000);
  timer.unref();
}, BEGIN_MS).unref();
