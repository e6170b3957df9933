import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The agent that gives a container its credentials, as ECS and EKS Pod Identity have one. */
export interface ContainerAgent {
  /** What a process has to be started with: this source, and no other. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How many times it was asked. */
  readonly asked: number;
  /** Seconds that the credentials it gives live; undefined: it has none, and says so. */
  lifetime: number | undefined;
  stop(): Promise<void>;
}

export async function startContainerAgent(lifetime?: number): Promise<ContainerAgent> {
  const state = { lifetime, asked: 0 };
  const server = createServer((_, response) => {
    state.asked++;
    if (state.lifetime === undefined) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('no association for this service account');
      return;
    }
    const credentials = {
      AccessKeyId: 'ASIAEXAMPLE',
      SecretAccessKey: `secret ${state.asked}`,
      Token: 'token',
      Expiration: new Date(Date.now() + 1_000 * state.lifetime).toISOString(),
    };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(credentials));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    env: {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${port}/v1/credentials`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: undefined,
      AWS_ACCESS_KEY_ID: undefined,
      AWS_SECRET_ACCESS_KEY: undefined,
      AWS_SESSION_TOKEN: undefined,
      AWS_PROFILE: undefined,
      AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
      AWS_CONFIG_FILE: '/nonexistent',
      AWS_EC2_METADATA_DISABLED: 'true',
    },
    get asked() {
      return state.asked;
    },
    get lifetime() {
      return state.lifetime;
    },
    set lifetime(value) {
      state.lifetime = value;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
