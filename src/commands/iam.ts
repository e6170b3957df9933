import {
  formatPath,
  type IamOptions,
  iamReport,
  loadPolicies,
  parseSource,
  type ReportedStep,
  readDocument,
} from '../config/index.ts';
import { type ParsedCommandLine, parseCommandLine, UsageError } from './command-line.ts';
import { iamDefinition } from './definitions.ts';
import type { CommandIo } from './io.ts';
import { stepsOf } from './step-places.ts';
import { StandIns } from './try/stand-ins.ts';

/**
 * Prints, as JSON, what IAM must allow for a document. Reads no secret and makes no network call. Throws PolicyDocumentError for a
 * document that `check` refuses.
 */
export async function iamCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const line = parseCommandLine(iamDefinition, args, io.env);
  const options = readIamOptions(line);
  const config = line.text('config');
  if (config === undefined) throw new UsageError('which document? e.g. iam --config policies.yaml');
  const text = await readDocument(config);
  const loaded = loadPolicies(text, config, new StandIns(new Map()));
  const source = parseSource(text, config);
  const steps = [...stepsOf(loaded.set, source)].map(({ api, step, place }): ReportedStep => {
    return { api: api.name, step, place: `${config}:${place.line}:${place.column} ${place.path}` };
  });
  const inline = source.locate(['inline'], 'key');
  const report = iamReport(
    loaded,
    steps,
    options,
    `${config}:${inline.line}:${inline.column} ${formatPath(['inline'])}`,
  );
  io.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
  const { length } = report.notes;
  if (length > 0) {
    io.stderr.write(
      `lambda-ext-proc: the policies leave ${length === 1 ? 'one thing' : `${length} things`} to you: see \`notes\`\n`,
    );
  }
  return 0;
}

const PRINCIPAL = /^arn:aws[a-z-]*:iam::(\d{12}):(?:role|user)\/[\w+=,.@/-]{1,576}$/;

function readIamOptions(line: ParsedCommandLine): IamOptions {
  const account = line.text('account');
  if (account !== undefined && !/^\d{12}$/.test(account)) {
    throw new UsageError(`--account must be the 12 digits of an AWS account, not ${JSON.stringify(account)}`);
  }
  const principal = line.text('principal');
  const owner = principal === undefined ? undefined : PRINCIPAL.exec(principal)?.[1];
  if (principal !== undefined && owner === undefined) {
    const hint = principal.includes(':assumed-role/') ? '; that is a session, give the ARN of its role' : '';
    throw new UsageError(
      `--principal must be the ARN of a role or user, as arn:aws:iam::111111111111:role/gateway, not ${JSON.stringify(principal)}${hint}`,
    );
  }
  if (account !== undefined && owner !== undefined && account !== owner) {
    throw new UsageError(`--account ${account} is not the account of --principal ${principal}: leave --account out`);
  }
  return { account, principal, sessionTags: line.has('session-tags'), sourceIdentity: line.has('source-identity') };
}
