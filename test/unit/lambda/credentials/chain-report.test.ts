import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChainReport } from '../../../../src/lambda/credentials/chain-report.ts';

const link = (name: string) => `@aws-sdk/credential-provider-node - defaultProvider::${name}`;

test('what matters most, the last link, is there however much the others have said', () => {
  const report = new ChainReport();
  for (const name of ['fromEnv', 'fromIni', 'fromProcess', 'fromTokenFile']) {
    report.logger.debug(link(name));
    report.logger.debug(`@smithy/property-provider -> ${'x'.repeat(400)}`);
  }
  report.logger.debug(link('remoteProvider'));
  report.logger.debug('@aws-sdk/credential-provider-node - remoteProvider::fromInstanceMetadata');
  report.exchanges.push({ kind: 'metadata', place: 'PUT http://169.254.169.254/latest/api/token', status: 503 });
  const text = report.text();
  assert.ok(text.length <= 900, `${text.length}`);
  assert.match(text, /^environment: x+…; profile: x+…; credential_process: x+…; web identity: x+…; EC2 instance: PUT/);
  assert.match(text, /api\/token: 503$/);
});

test('the words of a command are not told, nor lines after the first of an answer', () => {
  const report = new ChainReport();
  report.logger.debug(link('fromProcess'));
  report.logger.debug('@smithy/property-provider -> Command failed: sh -c "cat /my-secret"\nmy-secret');
  assert.equal(report.text(), 'credential_process: credential_process failed');
});
