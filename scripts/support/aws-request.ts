import { createHash, createHmac } from 'node:crypto';

export interface AwsKeys {
  readonly accessKey: string;
  readonly secretKey: string;
}

export interface AwsRequest {
  /** URL of the local AWS. */
  readonly endpoint: string;
  readonly service: 'iam' | 'lambda' | 'sts';
  readonly keys: AwsKeys;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly contentType?: string;
  readonly body?: string;
}

/**
 * One signed request (Signature Version 4) to a local AWS, to set it up. Deliberately independent of the sidecar's own client: the
 * preparation of a test should not depend on the tested code. Throws if the answer is not 2xx.
 */
export async function awsRequest(request: AwsRequest): Promise<string> {
  const { endpoint, service, keys, method, path, body = '' } = request;
  const host = new URL(endpoint).host;
  const now = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '');
  const day = now.slice(0, 8);
  const scope = `${day}/us-east-1/${service}/aws4_request`;

  const canonical = `${method}\n${path}\n\nhost:${host}\nx-amz-date:${now}\n\nhost;x-amz-date\n${sha256(body)}`;
  const toSign = `AWS4-HMAC-SHA256\n${now}\n${scope}\n${sha256(canonical)}`;
  const key = [day, 'us-east-1', service, 'aws4_request'].reduce<Buffer | string>(hmac, `AWS4${keys.secretKey}`);
  const signature = hmac(key, toSign).toString('hex');
  const credential = `Credential=${keys.accessKey}/${scope}`;

  const answer = await fetch(`${endpoint}${path}`, {
    method,
    headers: {
      'x-amz-date': now,
      authorization: `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=host;x-amz-date, Signature=${signature}`,
      ...(body && { 'content-type': request.contentType ?? 'application/json' }),
    },
    ...(body && { body }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${service} ${method} ${path}: ${answer.status} ${text}`);
  return text;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
