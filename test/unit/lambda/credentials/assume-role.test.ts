import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { assumeRole } from '../../../../src/lambda/credentials/assume-role.ts';

for (const [name, verdict] of [
  ['ExpiredTokenException', 'expired'],
  ['InvalidClientTokenId', 'unknown'],
  ['AccessDenied', undefined],
] as const) {
  test(`${name} of STS calls the keys that asked ${verdict ?? 'nothing'} and is not repeated with the same ones`, async (t) => {
    let requests = 0;
    const sts = createServer((_request, response) => {
      requests++;
      const error = `<Error><Type>Sender</Type><Code>${name}</Code><Message>no</Message></Error>`;
      response.writeHead(403, { 'content-type': 'text/xml' }).end(`<ErrorResponse>${error}</ErrorResponse>`);
    });
    await new Promise<void>((resolve) => sts.listen(0, '127.0.0.1', resolve));
    const before = process.env.AWS_ENDPOINT_URL_STS;
    process.env.AWS_ENDPOINT_URL_STS = `http://127.0.0.1:${(sts.address() as AddressInfo).port}`;
    t.after(() => {
      if (before === undefined) delete process.env.AWS_ENDPOINT_URL_STS;
      else process.env.AWS_ENDPOINT_URL_STS = before;
      sts.close();
    });
    const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 's' };
    const verdicts: unknown[] = [];
    const base = {
      identity: 'base',
      account: undefined,
      get: () => credentials,
      invalidate: () => void verdicts.push('expired'),
      renew: () => {
        verdicts.push('unknown');
        return credentials;
      },
    };
    const role = { roleArn: 'arn:aws:iam::222222222222:role/b', roleSessionName: 'gravitee' };
    await assert.rejects(assumeRole({ role, base, region: 'ap-east-1' }), { name });
    assert.deepEqual(verdicts, verdict === undefined ? [] : [verdict]);
    assert.equal(requests, 1);
  });
}
