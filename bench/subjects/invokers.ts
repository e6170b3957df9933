import { accessKeyId, BareSigner, secretAccessKey } from './sign.ts';

export type Invoke = (payload: Buffer, done: (error: Error | undefined, body: Uint8Array) => void) => void;

const path = '/2015-03-31/functions/f/invocations';

/** Only node:crypto and a pool of undici: no handling of function errors, no retries, no timeouts. */
export async function bareInvoker(endpoint: string): Promise<Invoke> {
  const { Pool } = await import('undici');
  const pool = new Pool(endpoint, { connections: 256, headersTimeout: 0, bodyTimeout: 0 });
  const signer = new BareSigner(new URL(endpoint).host, path);
  return (payload, done) => {
    const pieces: Buffer[] = [];
    // `dispatch` costs half as much as `request`, which creates a stream for each body.
    pool.dispatch(
      { path, method: 'POST', headers: signer.sign(payload), body: payload },
      {
        onRequestStart() {},
        onResponseStart() {},
        onResponseData(_controller, chunk) {
          pieces.push(chunk);
        },
        onResponseEnd() {
          const [first] = pieces;
          done(undefined, pieces.length === 1 && first !== undefined ? first : Buffer.concat(pieces));
        },
        onResponseError(_controller, error) {
          done(error, Buffer.alloc(0));
        },
      },
    );
  };
}

/** The client as shown in its documentation. */
export async function sdkInvoker(endpoint: string): Promise<Invoke> {
  const { InvokeCommand, LambdaClient } = await import('@aws-sdk/client-lambda');
  const client = new LambdaClient({ region: 'us-east-1', endpoint, credentials: { accessKeyId, secretAccessKey } });
  return (payload, done) => {
    client.send(new InvokeCommand({ FunctionName: 'f', Payload: payload })).then(
      ({ Payload }) => done(undefined, Payload ?? Buffer.alloc(0)),
      (error: Error) => done(error, Buffer.alloc(0)),
    );
  };
}
