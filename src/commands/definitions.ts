import type { CommandDefinition, Flag } from './command-line.ts';
import { inlineFlags } from './inline-options.ts';
import { secretFlag } from './secret-flag.ts';
import { tryFlags } from './try/try-flags.ts';

const configFlag: Flag = {
  name: 'config',
  value: 'FILE',
  help: 'policies.yaml (or .json)',
};

const logLevelFlag: Flag = {
  name: 'log-level',
  value: 'LEVEL',
  help: 'trace, debug, info, warn, error or silent',
  fallback: 'info',
};

const adminFlag: Flag = {
  name: 'admin',
  value: 'HOST:PORT|off',
  help: 'where the admin page, /livez, /readyz, /metrics and /config are served',
  fallback: '127.0.0.1:9464',
};

export const serveDefinition: CommandDefinition = {
  name: 'serve',
  summary: 'Run the external processing server',
  flags: [
    {
      ...configFlag,
      help: 'policies.yaml (or .json); without it only inline policies are served, within the --inline-… flags',
    },
    ...inlineFlags,
    secretFlag,
    {
      name: 'listen',
      value: 'ADDRESS',
      repeatable: true,
      help: 'unix:/path (mode 0660) or host:port; {worker} becomes the number of the worker',
      fallback: '127.0.0.1:50051',
    },
    adminFlag,
    {
      name: 'admin-host',
      value: 'NAME',
      repeatable: true,
      help: 'a host name that requests to the admin port may use, in addition to localhost, the name of this machine and IP addresses',
    },
    { name: 'admin-details', help: 'show the admin page, /config and the reasons in /readyz to other machines too' },
    {
      name: 'workers',
      value: 'N',
      help: 'number of processes; more than one requires {worker} in each --listen',
      fallback: '1',
    },
    {
      name: 'tls-cert',
      value: 'FILE',
      help: 'certificate chain (PEM) for host:port listeners; reloaded when it changes',
    },
    { name: 'tls-key', value: 'FILE', help: 'its private key (PEM)' },
    {
      name: 'tls-client-ca',
      value: 'FILE',
      help: 'CA (PEM) that signs client certificates; clients without a certificate are refused',
    },
    {
      name: 'tls-client-name',
      value: 'GLOB',
      repeatable: true,
      help: 'DNS name or URI (spiffe://…) that a client certificate must have, in addition to the signature of the CA',
    },
    {
      name: 'insecure-plaintext',
      help: 'allow listeners that other machines can reach without --tls-client-ca: every client that reaches the port may call the functions',
    },
    {
      name: 'drain-grace',
      value: 'SECONDS',
      help: 'how long to continue serving after SIGTERM, while not ready',
      fallback: '5',
    },
    {
      name: 'drain-timeout',
      value: 'SECONDS',
      help: 'after that, how long running requests may take before they are aborted',
      fallback: '20',
    },
    {
      name: 'warm-up',
      value: 'MS',
      help: 'milliseconds of CPU time for the warm-up before the server is ready; a reload gets up to a tenth of it; 0 is off',
      fallback: '3000',
    },
    logLevelFlag,
    {
      name: 'log-sample',
      value: 'PART',
      help: 'fraction of requests, from 0 to 1, whose successful invocations are logged; failures are always logged',
      fallback: '1',
    },
    {
      name: 'log-function-errors',
      value: 'on|off',
      help: "log a failed function's own errorType and errorMessage, which may quote what callers sent",
      fallback: 'on',
    },
    {
      name: 'log-decisions',
      value: 'on|off',
      help: 'log the decision on each request: API, answered, forwarded or refused, policies run, names of changed headers',
      fallback: 'off',
    },
  ],
  examples: ['lambda-ext-proc serve --config policies.yaml --listen unix:/run/lambda-ext-proc/0.sock'],
};

export const checkDefinition: CommandDefinition = {
  name: 'check',
  summary: 'Validate policies.yaml, and the Envoy configuration that goes with it',
  positionals: ['FILE…'],
  flags: [
    { ...configFlag, help: 'policies.yaml (or .json), same as the argument FILE; - is standard input' },
    {
      name: 'envoy',
      value: 'FILE',
      repeatable: true,
      help: 'envoy.yaml (or .json), a dump of a running Envoy, or manifests for Kubernetes, to check against the policies',
    },
    {
      name: 'envoy-version',
      value: 'VERSION',
      variable: false,
      help: 'version of the Envoy that will run it, such as 1.40: report what that version cannot do',
    },
    {
      name: 'live',
      help: 'ask AWS with DryRun whether each function may be invoked with the identity of this machine',
    },
    { name: 'strict', help: 'exit code 1 for warnings too' },
    { name: 'format', value: 'text|json|github', help: 'output format', fallback: 'text' },
    ...inlineFlags,
    secretFlag,
  ],
  examples: ['lambda-ext-proc check policies.yaml --envoy envoy.yaml --strict'],
};

export const evalDefinition: CommandDefinition = {
  name: 'eval',
  summary: 'Evaluate an expression template and print it',
  positionals: ['TEMPLATE'],
  flags: [
    { name: 'context', value: 'FILE', help: 'JSON that the template can read' },
    { name: 'request', value: 'FILE', help: 'a request as in a test file (YAML or JSON), which becomes #request' },
    { name: 'contexts', value: 'FILE', help: 'JSON of named contexts, for --cases' },
    { name: 'cases', value: 'FILE', help: 'JSON lines to evaluate; prints one JSON line for each' },
  ],
  examples: [`lambda-ext-proc eval '{#request.method}' --request request.yaml`],
};

export const testDefinition: CommandDefinition = {
  name: 'test',
  summary: 'Run unit tests of policies',
  positionals: ['FILE…'],
  flags: [
    { name: 'format', value: 'text|junit|json', help: 'output format', fallback: 'text' },
    { name: 'watch', help: 'run again when a test file or a document changes' },
  ],
  examples: ['lambda-ext-proc test policies.test.yaml'],
};

export const tryDefinition: CommandDefinition = {
  name: 'try',
  summary: 'Run one request through the policies and show each step',
  positionals: ['REQUEST'],
  flags: tryFlags,
  others: [
    'REQUEST is a URL or a path with options of curl, or a file (.yaml, .yml, .json or @FILE) in the form of a test',
    "file's `request`. Supported options: -X, -H, -d and its variants, --json, -G, -I, -u, -A, -e, -b and --compressed.",
  ],
  examples: [
    `lambda-ext-proc try --config policies.yaml --answer 'tier={result: {tier: gold}}' -d '{"id": 7}' /orders`,
  ],
};

export const healthDefinition: CommandDefinition = {
  name: 'health',
  summary: 'Check whether the server on this machine is alive, or ready',
  flags: [
    {
      ...adminFlag,
      help: 'the --admin of serve; an address of all interfaces is checked on loopback, off is not checked',
    },
    { name: 'ready', variable: false, help: 'check /readyz instead of /livez' },
  ],
  examples: ['lambda-ext-proc health --ready'],
};

export const initDefinition: CommandDefinition = {
  name: 'init',
  summary: 'Write a starting point: policies.yaml, its tests, and an Envoy configuration',
  positionals: ['DIR'],
  flags: [],
  examples: ['lambda-ext-proc init gateway'],
};

export const iamDefinition: CommandDefinition = {
  name: 'iam',
  summary: 'Print the IAM policies that policies.yaml needs, and the trust policies of its roles',
  flags: [
    { ...configFlag, help: 'policies.yaml (or .json); no secret is read, and no network call is made' },
    {
      name: 'account',
      value: 'ID',
      help: "the account of the machine's identity; absent: the ARNs of its functions contain *",
    },
    { name: 'principal', value: 'ARN', help: "the machine's role or user, which roles trust; also sets the account" },
    { name: 'session-tags', help: 'the sessions of the machine carry tags (EKS Pod Identity): allow sts:TagSession' },
    {
      name: 'source-identity',
      help: 'the sessions of the machine carry a source identity (IAM Roles Anywhere): allow sts:SetSourceIdentity',
    },
  ],
  others: [
    'The example prints only the policy of the machine, for aws iam put-role-policy --policy-document file://policy.json.',
  ],
  examples: ['lambda-ext-proc iam --config policies.yaml --account 111111111111 | jq .machine.policy > policy.json'],
};

export const schemaDefinition: CommandDefinition = {
  name: 'schema',
  summary: 'Print the JSON Schema of policies.yaml, or of test files',
  positionals: ['[policies|test]'],
  flags: [],
  examples: ['lambda-ext-proc schema > policies.schema.json'],
};

export const importGraviteeDefinition: CommandDefinition = {
  name: 'import-gravitee',
  summary: 'Convert an exported Gravitee API definition into policies.yaml and Envoy routes',
  positionals: ['API.JSON'],
  flags: [
    { name: 'out', value: 'DIR', help: 'output directory; with a subdirectory for each API if the file has several' },
    {
      name: 'accept',
      value: 'NAME',
      repeatable: true,
      help: 'open the routes although this plan or policy, which restricted callers, is not converted',
    },
    {
      name: 'shared-policy-groups',
      value: 'FILE',
      repeatable: true,
      help: 'shared policy groups that the flows of the API refer to',
    },
    { name: 'format', value: 'text|json', help: 'format of the report', fallback: 'text' },
    { name: 'strict', help: 'exit code 1 if anything is opened, changed or lost' },
  ],
  examples: ['lambda-ext-proc import-gravitee api.json --out orders'],
};

export const commandDefinitions: readonly CommandDefinition[] = [
  serveDefinition,
  checkDefinition,
  evalDefinition,
  testDefinition,
  tryDefinition,
  healthDefinition,
  initDefinition,
  iamDefinition,
  schemaDefinition,
  importGraviteeDefinition,
];
