import { createServer, type Server } from 'node:http';

/** What STS and IAM Identity Center give, by a clock of their own; all calls are granted. */
export interface Sessions {
  readonly endpoint: string;
  /** How far their clock is behind. */
  behindMs: number;
  /** Instead of sessions. */
  answer: { readonly status: number; readonly body: string } | undefined;
  readonly asked: readonly string[];
  stop(): void;
}

export const sessionKeys = { accessKeyId: 'ASIASESSION', secretAccessKey: 'session-secret' } as const;

export async function startSessions(): Promise<Sessions> {
  const asked: string[] = [];
  const state: Pick<Sessions, 'behindMs' | 'answer'> = { behindMs: 0, answer: undefined };
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      const action = /Action=(\w+)/.exec(body)?.[1] ?? request.url?.split('?', 1)[0] ?? '';
      asked.push(action);
      if (state.answer !== undefined) return response.writeHead(state.answer.status).end(state.answer.body);
      const now = Date.now() - state.behindMs;
      response.sendDate = false;
      response.setHeader('date', new Date(now).toUTCString());
      const expiration = now + 3_600_000;
      if (!action.startsWith('Assume'))
        return response.setHeader('content-type', 'application/json').end(json(expiration));
      return response.setHeader('content-type', 'text/xml').end(sessionXml(action, expiration));
    });
  });
  return Object.assign(state, { endpoint: await listen(server), asked, stop: () => close(server) });
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

function close(server: Server): void {
  server.closeAllConnections();
  server.close();
}

/** What STS answers to AssumeRole and its like. */
export function sessionXml(action: string, expiration: number): string {
  const { accessKeyId, secretAccessKey } = sessionKeys;
  const credentials = `<Credentials><AccessKeyId>${accessKeyId}</AccessKeyId><SecretAccessKey>${secretAccessKey}</SecretAccessKey><SessionToken>token</SessionToken><Expiration>${new Date(expiration).toISOString()}</Expiration></Credentials>`;
  return `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result>${credentials}</${action}Result></${action}Response>`;
}

function json(expiration: number): string {
  const roleCredentials = { ...sessionKeys, sessionToken: 'token', expiration };
  return JSON.stringify({ roleCredentials });
}
