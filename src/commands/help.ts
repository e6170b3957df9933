import { type CommandDefinition, type Flag, variableOf } from './command-line.ts';

const PROGRAM = 'lambda-ext-proc';
const HELP: Flag = { name: 'help', help: 'Show this help' };
const VERSION: Flag = { name: 'version', help: 'Show the version' };

/** The page of `--help` without a command. */
export function programHelp(commands: readonly CommandDefinition[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    'Calls AWS Lambda from Envoy in the request or response phase, by configuration alone.',
    '',
    `Usage: ${PROGRAM} COMMAND [flags]`,
    '',
    'Commands:',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    'Flags, with every command:',
    ...flagLines([HELP, VERSION], false),
    '',
    `${PROGRAM} COMMAND --help shows a command's flags and an example. Most flags have an environment variable as well.`,
    '',
  ].join('\n');
}

/** The page of `COMMAND --help`. */
export function commandHelp(command: CommandDefinition): string {
  const positionals = (command.positionals ?? []).map((name) => ` ${name}`).join('');
  return [
    `${command.summary}.`,
    '',
    `Usage: ${PROGRAM} ${command.name} [flags]${positionals}`,
    '',
    'Flags (and their environment variables):',
    ...flagLines(command.flags, true),
    ...flagLines([HELP, VERSION], false),
    ...(command.others === undefined ? [] : ['', ...command.others]),
    '',
    command.examples.length === 1 ? 'Example:' : 'Examples:',
    ...command.examples.map((line) => `  ${line}`),
    '',
  ].join('\n');
}

function flagLines(flags: readonly Flag[], withVariables: boolean): string[] {
  return flags.flatMap((flag) => {
    const value = flag.value === undefined ? '' : ` ${flag.value}`;
    const notes = [flag.repeatable ? 'repeatable' : '', flag.fallback === undefined ? '' : `default ${flag.fallback}`];
    const suffix = notes.some((note) => note !== '') ? ` (${notes.filter((note) => note !== '').join('; ')})` : '';
    const first = `  --${flag.name}${value}`;
    const second = withVariables && flag.variable !== false ? [`      ${variableOf(flag)}`] : [];
    return [first, `      ${flag.help}${suffix}`, ...second];
  });
}
