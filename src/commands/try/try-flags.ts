import type { Flag } from '../command-line.ts';
import { secretFlag } from '../secret-flag.ts';

/** The command's own flags; curl's are read beside them (split-arguments.ts). */
export const tryFlags: readonly Flag[] = [
  { name: 'config', value: 'FILE', help: 'policies.yaml (or .json)' },
  {
    name: 'api',
    value: 'NAME',
    help: 'whose policies run; absent: by --authority and --route, the only API, or the one called default',
  },
  { name: 'route', value: 'NAME', help: "name of Envoy's route, which chooses an API by its routes" },
  { name: 'authority', value: 'NAME', help: "the gRPC call's :authority, which chooses an API by its authorities" },
  {
    name: 'answers',
    value: 'FILE',
    variable: false,
    help: 'what the functions answer, as `functions` of a test file',
  },
  {
    name: 'answer',
    value: 'FUNCTION=ANSWER',
    repeatable: true,
    variable: false,
    help: 'what one function answers: tier={result: {tier: gold}}, or tier=@FILE',
  },
  {
    name: 'backend',
    value: 'RESPONSE',
    variable: false,
    help: 'what the backend answers, as in a test file: {status: 404}, or @FILE; absent: 200 without a body',
  },
  {
    name: 'secret',
    value: 'env:NAME=TEXT|file:/PATH=TEXT',
    repeatable: true,
    variable: false,
    help: 'what stands for a secret of the document; absent: a text of no meaning',
  },
  { name: 'test', value: 'FILE', help: 'a test file: its document, request, answers and stand-ins are taken' },
  { name: 'case', value: 'NAME', help: 'which of its tests; absent: the first' },
  { name: 'format', value: 'text|json', help: 'how to print the run', fallback: 'text' },
  {
    name: 'serve',
    variable: false,
    help: 'open the playground: a page on this machine that shows runs of this document',
  },
  // Kubernetes sets LAMBDA_EXT_PROC_PORT for a Service of this name.
  { name: 'port', value: 'N', variable: false, help: "the playground's port; 0 is a free one", fallback: '0' },
  {
    name: 'allow-live',
    variable: false,
    help: 'call the functions in AWS: reads secrets, environment, profiles and trust stores, and shows none of them',
  },
  { ...secretFlag, help: `with --allow-live: ${secretFlag.help}` },
];
