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
 * One signed request (Signature Version 4) to a local AWS, to set it up. Apart from the sidecar's own client on purpose:
 * what a test arranges should not rest on what it tests. Throws when the answer is no 2xx.
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
