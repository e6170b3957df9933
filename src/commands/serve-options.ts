import type { RightsDocument, SecretStore } from '../config/index.ts';
import { LOG_LEVELS, type LogLevel } from '../observability/index.ts';
import type { RequestLogging } from '../policy/index.ts';
import { type AdminAccess, adminHost, namesWorker } from '../server/index.ts';
import { type ParsedCommandLine, UsageError } from './command-line.ts';
import { readInlineOptions } from './inline-options.ts';
import { readSecretOptions } from './secret-options.ts';

/** `serve` as asked for; addresses are still text, because each worker reads its own out of them. */
export interface ServeOptions {
  readonly config: string | undefined;
  /** What inline policies may call if there is no file; undefined: they are refused. */
  readonly inline: RightsDocument | undefined;
  readonly secrets: SecretStore;
  readonly listen: readonly string[];
  /** `host:port` or `off`. */
  readonly admin: string;
  readonly adminAccess: AdminAccess;
  readonly workers: number;
  readonly tls: { readonly cert: string; readonly key: string; readonly clientCa?: string } | undefined;
  /** Globs for names of clients' certificates; empty: any that the CA has signed. */
  readonly tlsClientNames: readonly string[];
  readonly insecurePlaintext: boolean;
  readonly drainGraceMs: number;
  readonly drainTimeoutMs: number;
  /** How long the process may exercise itself before it is ready; 0: not at all. */
  readonly warmUpMs: number;
  readonly logLevel: LogLevel;
  readonly logging: RequestLogging;
}

const MAX_WORKERS = 128;
const MAX_SECONDS = 3_600;
/** Twice as long by the clock is less than a supervisor waits for a worker to start (30 s); a tenth of it less than for a reload (15 s). */
const MAX_WARM_UP_MS = 10_000;

/** Throws UsageError. */
export function readServeOptions(line: ParsedCommandLine): ServeOptions {
  const listen = line.list('listen');
  const workers = readNumber(line, 'workers', { from: 1, to: MAX_WORKERS, whole: true });
  checkAddresses(listen, workers);
  const tls = readTls(line);
  return {
    config: line.text('config'),
    inline: readInlineOptions(line),
    secrets: readSecretOptions(line, true),
    listen,
    admin: line.required('admin'),
    adminAccess: { hosts: readAdminHosts(line), details: line.has('admin-details') },
    workers,
    tls,
    tlsClientNames: readClientNames(line, tls),
    insecurePlaintext: line.has('insecure-plaintext'),
    drainGraceMs: 1_000 * readNumber(line, 'drain-grace', { from: 0, to: MAX_SECONDS, whole: false }),
    drainTimeoutMs: 1_000 * readNumber(line, 'drain-timeout', { from: 0, to: MAX_SECONDS, whole: false }),
    warmUpMs: readNumber(line, 'warm-up', { from: 0, to: MAX_WARM_UP_MS, whole: true }),
    logLevel: readLogLevel(line),
    logging: {
      sample: readNumber(line, 'log-sample', { from: 0, to: 1, whole: false }),
      functionErrors: readSwitch(line, 'log-function-errors'),
      decisions: readSwitch(line, 'log-decisions'),
    },
  };
}

function checkAddresses(listen: readonly string[], workers: number): void {
  const twice = listen.find((address, index) => listen.indexOf(address) !== index && !address.endsWith(':0'));
  if (twice !== undefined) throw new UsageError(`--listen ${twice} is given twice`);
  const shared = listen.find((address) => !namesWorker(address));
  if (workers > 1 && shared !== undefined) {
    throw new UsageError(
      `--workers ${workers} needs {worker} in each --listen, so that each worker has its own address: ${shared} has none; e.g. unix:/run/lambda-ext-proc-{worker}.sock`,
    );
  }
}

function readTls(line: ParsedCommandLine): ServeOptions['tls'] {
  const cert = line.text('tls-cert');
  const key = line.text('tls-key');
  const clientCa = line.text('tls-client-ca');
  if (cert === undefined && key === undefined && clientCa === undefined) return undefined;
  if (cert === undefined || key === undefined) throw new UsageError('TLS needs both --tls-cert and --tls-key');
  return clientCa === undefined ? { cert, key } : { cert, key, clientCa };
}

function readClientNames(line: ParsedCommandLine, tls: ServeOptions['tls']): readonly string[] {
  const globs = line.list('tls-client-name');
  if (globs.some((glob) => glob === '')) throw new UsageError('--tls-client-name is empty');
  if (globs.length > 0 && tls?.clientCa === undefined) {
    throw new UsageError('--tls-client-name requires --tls-client-ca: client certificates are requested only with it');
  }
  return globs;
}

function readAdminHosts(line: ParsedCommandLine): readonly string[] {
  return line.list('admin-host').map((text) => {
    const name = adminHost(text);
    if (name !== undefined) return name;
    throw new UsageError(
      `--admin-host ${JSON.stringify(text)} is not a host name; write it without a port, e.g. metrics.local`,
    );
  });
}

function readNumber(
  line: ParsedCommandLine,
  name: string,
  range: { from: number; to: number; whole: boolean },
): number {
  const text = line.required(name);
  const value = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= range.from && value <= range.to) || (range.whole && !Number.isInteger(value))) {
    const what = range.whole ? 'a whole number' : 'a number';
    throw new UsageError(`--${name} must be ${what} from ${range.from} to ${range.to}, not ${JSON.stringify(text)}`);
  }
  return value;
}

function readSwitch(line: ParsedCommandLine, name: string): boolean {
  const text = line.required(name);
  if (text === 'on' || text === 'off') return text === 'on';
  throw new UsageError(`--${name} must be on or off, not ${JSON.stringify(text)}`);
}

function readLogLevel(line: ParsedCommandLine): LogLevel {
  const text = line.required('log-level');
  const level = LOG_LEVELS.find((known) => known === text);
  if (level === undefined) {
    throw new UsageError(`--log-level must be one of ${LOG_LEVELS.join(', ')}, not ${JSON.stringify(text)}`);
  }
  return level;
}
