import { formatProblem, loadPolicies, PolicyDocumentError, readDocument } from '../config/index.ts';
import { describeError, maskOf } from '../observability/index.ts';
import { type ParsedCommandLine, parseCommandLine, UsageError } from './command-line.ts';
import { tryDefinition } from './definitions.ts';
import type { CommandIo } from './io.ts';
import { readSecretOptions } from './secret-options.ts';
import { ApiChoiceError } from './try/choose-api.ts';
import { liveInvoker, SeenSecrets } from './try/live.ts';
import { printView } from './try/print-view.ts';
import { runView } from './try/run-view.ts';
import { servePlayground } from './try/serve-playground.ts';
import { splitArguments } from './try/split-arguments.ts';
import { StandIns } from './try/stand-ins.ts';
import { type TriedRun, tryRun } from './try/try-run.ts';
import { readTrySetup, type TrySetup } from './try/try-setup.ts';

/**
 * Runs one request through an API's policies and prints each step; with --serve, a page that does. 0 when the run was made,
 * whatever the caller gets; 1 when the document cannot be used, an answer is missing, or Envoy would refuse a reply.
 */
export async function tryCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const split = splitArguments(args, tryDefinition.flags);
  const line = parseCommandLine(tryDefinition, split.own, io.env);
  const format = line.required('format');
  if (format !== 'text' && format !== 'json') throw new UsageError(`--format is text or json, not ${format}`);
  try {
    const setup = await readTrySetup(line, split);
    checkTogether(line, split.own, setup);
    if (line.has('serve')) return await servePlayground(setup, portOf(line), io);
    const { run, missing } = line.has('allow-live') ? await tryLive(setup, line) : await tryGiven(setup);
    io.stdout.write(format === 'json' ? `${JSON.stringify(run, undefined, 2)}\n` : printView(runView(run)));
    if (missing !== undefined) {
      const { message, functionName } = missing;
      io.stderr.write(`lambda-ext-proc: ${message}; give --answer '${functionName}={result: …}'\n`);
    } else if (run.rejection !== null) {
      io.stderr.write(`lambda-ext-proc: Envoy would reject the reply: ${run.rejection}\n`);
    }
    return missing === undefined && run.rejection === null ? 0 : 1;
  } catch (error) {
    if (error instanceof ApiChoiceError) throw new UsageError(error.message);
    if (!(error instanceof PolicyDocumentError)) throw error;
    for (const problem of error.problems) io.stderr.write(`${formatProblem(problem)}\n`);
    return 1;
  }
}

function checkTogether(line: ParsedCommandLine, own: readonly string[], { given }: TrySetup): void {
  const isOnLine = (name: string): boolean => own.some((arg) => arg === `--${name}` || arg.startsWith(`--${name}=`));
  const isLive = line.has('allow-live');
  if (isLive && line.has('serve')) {
    throw new UsageError('--allow-live cannot be combined with --serve: a page must not be able to call functions');
  }
  if (isLive && (line.list('answer').length > 0 || line.text('answers') !== undefined)) {
    throw new UsageError('--allow-live calls the functions: it cannot be combined with --answer or --answers');
  }
  if (!isLive && isOnLine('allow-secret')) {
    throw new UsageError(
      '--allow-secret requires --allow-live; without it every secret has a substitute value (--secret)',
    );
  }
  if (given === undefined && !line.has('serve')) {
    throw new UsageError('which request? e.g. try --config policies.yaml --api orders -d \'{"id": 7}\' /orders');
  }
}

async function tryGiven({ config, given = {}, standIns, envoy }: TrySetup): Promise<TriedRun> {
  const secrets = new StandIns(standIns);
  const { set } = loadPolicies(await readDocument(config), config, secrets);
  return await tryRun({ set, given, envoy, invoker: undefined, secrets: () => secrets.values });
}

/** An error here may quote data that was read: it is printed masked and without its stack. */
async function tryLive({ config, given = {}, envoy }: TrySetup, line: ParsedCommandLine): Promise<TriedRun> {
  const seen = new SeenSecrets();
  const store = readSecretOptions(line);
  try {
    const text = await readDocument(config);
    const { set } = await store.load(() => loadPolicies(text, config, seen.of(store)));
    const invoker = liveInvoker(seen);
    try {
      return await tryRun({ set, given, envoy, invoker, secrets: () => seen.values });
    } finally {
      await invoker.close();
    }
  } catch (error) {
    if (error instanceof ApiChoiceError) throw error;
    const mask = maskOf(seen.values);
    if (error instanceof PolicyDocumentError) {
      throw new PolicyDocumentError(error.problems.map((problem) => ({ ...problem, message: mask(problem.message) })));
    }
    throw new Error(mask(describeError(error)));
  }
}

const MAX_PORT = 65_535;

function portOf(line: ParsedCommandLine): number {
  const text = line.required('port');
  if (/^\d{1,5}$/.test(text) && Number(text) <= MAX_PORT) return Number(text);
  throw new UsageError(`--port must be a whole number from 0 to ${MAX_PORT}, not ${JSON.stringify(text)}`);
}
