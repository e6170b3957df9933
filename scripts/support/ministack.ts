import { readFileSync } from 'node:fs';
import { type AwsKeys, awsRequest } from './aws-request.ts';
import { startChild, waitFor } from './child.ts';
import { freePort } from './free-port.ts';
import { temporaryDirectory } from './temporary-directory.ts';
import { ministackBinary } from './tools.ts';
import { zipOf } from './zip.ts';

/** A local AWS that checks signatures: Lambda, STS and IAM. Account 000000000000, region us-east-1. */
export interface Ministack {
  readonly endpoint: string;
  /** Keys with all permissions. */
  readonly rootKeys: AwsKeys;
  readonly pid: number;
  /** Keys of a new user; `policy` is the IAM policy document, by default one that may invoke every function. */
  createUser(name: string, policy?: object): Promise<AwsKeys>;
  /** Returns the role's ARN. */
  createRole(name: string, trust: object, policy?: object): Promise<string>;
  createFunction(name: string, source: FunctionSource): Promise<void>;
  /** Resolves when new calls run the new code. */
  updateFunction(name: string, source: Pick<FunctionSource, 'file' | 'code'>): Promise<void>;
  deleteFunction(name: string): Promise<void>;
  output(): string;
  stop(): Promise<void>;
}

export interface FunctionSource {
  /** An ES module with an export `handler`: its file, or its text. */
  readonly file?: string;
  readonly code?: string;
  readonly timeoutSeconds?: number;
  readonly environment?: Readonly<Record<string, string>>;
}

const mayInvoke = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: ['lambda:InvokeFunction'], Resource: '*' }],
};

/** Trust policy of the role with which functions run: AWS refuses a function without a role. */
const trustLambda = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};

/** Resolves when it answers. Without `port` it uses a free one. */
export async function startMinistack(options: { readonly port?: number } = {}): Promise<Ministack> {
  const port = options.port ?? (await freePort());
  const endpoint = `http://127.0.0.1:${port}`;
  const rootKeys = { accessKey: 'test', secretKey: 'test' };
  // Code and state of functions are stored in a directory that is deleted later; the machine's own AWS settings are not used.
  const directory = temporaryDirectory('ministack-');
  const child = startChild('ministack', ministackBinary(), [], {
    cwd: directory.path,
    env: {
      AUTH: 'true',
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      SERVICES: 'lambda,sts,iam',
      LOG_LEVEL: 'WARNING',
      TMPDIR: directory.path,
    },
  });
  const stop = async () => {
    await child.stop();
    directory.remove();
  };
  try {
    await waitFor(child, 'health', async () => ((await fetch(`${endpoint}/_ministack/health`)).ok ? true : undefined));
  } catch (error) {
    await stop();
    throw error;
  }

  const iam = (parameters: Record<string, string>) => {
    const body = new URLSearchParams({ Version: '2010-05-08', ...parameters }).toString();
    const contentType = 'application/x-www-form-urlencoded';
    return awsRequest({ endpoint, service: 'iam', keys: rootKeys, method: 'POST', path: '/', contentType, body });
  };
  const lambda = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: object) => {
    const json = body && { body: JSON.stringify(body) };
    return awsRequest({ endpoint, service: 'lambda', keys: rootKeys, method, path: `/2015-03-31/${path}`, ...json });
  };

  const createRole: Ministack['createRole'] = async (name, trust, policy = mayInvoke) => {
    const document = JSON.stringify(trust);
    const answer = await iam({ Action: 'CreateRole', RoleName: name, AssumeRolePolicyDocument: document });
    const own = JSON.stringify(policy);
    await iam({ Action: 'PutRolePolicy', RoleName: name, PolicyName: 'own', PolicyDocument: own });
    return element(answer, 'Arn');
  };
  const executionRole = await createRole('function', trustLambda);

  /** As in AWS a new function is Pending for a short time, and invocations are refused until it is Active; new code takes a short time too. */
  const isActive = (name: string) =>
    waitFor(child, `active function ${name}`, async () => {
      const text = await lambda('GET', `functions/${name}/configuration`);
      const { State, LastUpdateStatus = 'Successful' } = JSON.parse(text) as {
        State?: string;
        LastUpdateStatus?: string;
      };
      return State === 'Active' && LastUpdateStatus === 'Successful' ? true : undefined;
    });

  return {
    endpoint,
    rootKeys,
    createRole,
    pid: child.pid,
    output: child.output,
    stop,
    async createUser(name, policy = mayInvoke) {
      await iam({ Action: 'CreateUser', UserName: name });
      const document = JSON.stringify(policy);
      await iam({ Action: 'PutUserPolicy', UserName: name, PolicyName: 'own', PolicyDocument: document });
      const answer = await iam({ Action: 'CreateAccessKey', UserName: name });
      return { accessKey: element(answer, 'AccessKeyId'), secretKey: element(answer, 'SecretAccessKey') };
    },
    async updateFunction(name, source) {
      await lambda('PUT', `functions/${name}/code`, { ZipFile: zipped(source) });
      await isActive(name);
    },
    async deleteFunction(name) {
      await lambda('DELETE', `functions/${name}`);
    },
    async createFunction(name, source) {
      await lambda('POST', 'functions', {
        FunctionName: name,
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Role: executionRole,
        Timeout: source.timeoutSeconds ?? 3,
        Environment: { Variables: source.environment ?? {} },
        Code: { ZipFile: zipped(source) },
      });
      await isActive(name);
    },
  };
}

function zipped({ file = '', code = readFileSync(file, 'utf8') }: Pick<FunctionSource, 'file' | 'code'>): string {
  return zipOf('index.mjs', Buffer.from(code)).toString('base64');
}

function element(xml: string, name: string): string {
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  if (text === undefined) throw new Error(`no <${name}> in the answer of IAM`);
  return text;
}
