import type { Flag } from '../command-line.ts';
import { secretFlag } from '../secret-flag.ts';

/** The command's own flags; curl's are read beside them (split-arguments.ts). */
export const tryFlags: readonly Flag[] = [
  { name: 'config', value: 'FILE', help: 'policies.yaml (or .json)' },
  {
    name: 'api',
    value: 'NAME',
    help: 'the API whose policies run; absent: chosen by --authority and --route, otherwise the only API, or the one named default',
  },
  { name: 'route', value: 'NAME', help: "name of Envoy's route, which chooses an API by its routes" },
  { name: 'authority', value: 'NAME', help: "the gRPC call's :authority, which chooses an API by its authorities" },
  {
    name: 'answers',
    value: 'FILE',
    variable: false,
    help: 'answers of the functions, as `functions` in a test file',
  },
  {
    name: 'answer',
    value: 'FUNCTION=ANSWER',
    repeatable: true,
    variable: false,
    help: 'answer of one function: tier={result: {tier: gold}}, or tier=@FILE',
  },
  {
    name: 'backend',
    value: 'RESPONSE',
    variable: false,
    help: 'answer of the backend, as in a test file: {status: 404}, or @FILE; absent: 200 without a body',
  },
  {
    name: 'secret',
    value: 'env:NAME=TEXT|file:/PATH=TEXT',
    repeatable: true,
    variable: false,
    help: 'a value for a secret of the document; absent: a meaningless text',
  },
  { name: 'test', value: 'FILE', help: 'a test file whose document, request, answers and secrets are used' },
  { name: 'case', value: 'NAME', help: 'which test of that file; absent: the first' },
  { name: 'format', value: 'text|json', help: 'output format', fallback: 'text' },
  {
    name: 'serve',
    variable: false,
    help: 'serve the playground for this document: a page on this machine',
  },
  // Kubernetes sets LAMBDA_EXT_PROC_PORT for a Service of this name.
  { name: 'port', value: 'N', variable: false, help: 'port of the playground; 0 chooses a free port', fallback: '0' },
  {
    name: 'allow-live',
    variable: false,
    help: 'call the real functions in AWS: reads secrets, environment, profiles and trust stores, and masks them in all output',
  },
  { ...secretFlag, help: `with --allow-live: ${secretFlag.help}` },
];
