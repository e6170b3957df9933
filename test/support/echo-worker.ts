// A worker process for the supervisor's tests: the real server and channel, the echo service instead of policies.
// Its document is text: `bad` is refused, `bad for N` by worker N only, `hang N` blocks worker N for good. argv: address, number.
import { createLogger, Metrics } from '../../src/observability/index.ts';
import { createServer, parseListenAddress, readinessOf, runWorker } from '../../src/server/index.ts';
import { echoService } from './echo-service.ts';
import { failureRecord } from './failure-record.ts';

const [address = '', number = '0'] = process.argv.slice(2);
const logger = createLogger({ level: 'silent' });
const metrics = new Metrics();

/** As a regular expression that never ends would. */
function hang(): void {
  for (;;);
}

function refuse(text: string | undefined): string | null {
  if (text === 'bad' || text === `bad for ${number}`) return `worker ${number} refuses ${text}`;
  return null;
}

const code = await runWorker({
  channel: process,
  logger,
  graceMs: 0,
  async start(document, replace) {
    const problem = refuse(document?.text);
    if (problem !== null) throw new Error(problem);
    let text = document?.text ?? 'none';
    const server = await createServer({
      services: [echoService(() => metrics.streamOpened())],
      listeners: [parseListenAddress(address, Number(number))],
      takeover: replace ? 'now' : 'later',
      maxBodyBytes: 1024,
      maxConcurrentStreams: 1_000,
      logger,
    });
    server.setServing(true);
    return {
      addresses: server.addresses,
      readiness: () => readinessOf({ document: { status: 'ok', reason: text } }),
      metrics: () => {
        metrics.message('request_headers');
        metrics.failed(failureRecord({ api: `worker ${number}` }));
        return metrics.snapshot();
      },
      failures: () => metrics.recentFailures.list(),
      reload(next) {
        const wrong = refuse(next?.text);
        if (wrong === null) text = next?.text ?? 'none';
        if (text === `hang ${number}`) setTimeout(hang, 10);
        return wrong;
      },
      async stop({ graceMs }) {
        await new Promise((resolve) => setTimeout(resolve, graceMs));
        await server.drain({ timeoutMs: 2_000 });
      },
      kill: () => server.close(),
    };
  },
});
process.exit(code);
