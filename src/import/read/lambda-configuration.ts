import type { Report } from '../report.ts';
import { isReference, type Secrets } from '../secrets.ts';
import type { Reader } from './reader.ts';

/** The fields of the gateway's policy; it ignores others, which are reported as not read. */
const TEXT_FIELDS = ['region', 'function', 'qualifier', 'invocationType', 'logType', 'roleSessionName', 'endpoint'];
const SECRET_FIELDS = ['accessKey', 'secretKey', 'roleArn'];
const TIME_FIELDS = ['connectionTimeoutMs', 'readTimeoutMs', 'apiCallAttemptTimeoutMs', 'apiCallTimeoutMs'];

/** The object of the policy; numbers and booleans that forms wrote as text are converted. */
export function readLambdaConfiguration(
  configuration: Reader,
  report: Report,
  secrets: Secrets,
): Readonly<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  const add = (name: string, value: unknown): void => {
    if (value !== undefined) found[name] = value;
  };
  add('scope', configuration.text('scope')?.toUpperCase());
  for (const name of TEXT_FIELDS) add(name, configuration.text(name));
  for (const name of SECRET_FIELDS) {
    const text = configuration.text(name);
    if (text === undefined) continue;
    const { path } = configuration.get(name);
    // A role is not a secret; only a vault's value of it is.
    const isPlain = name === 'roleArn' && !isReference(text);
    add(name, isPlain ? text : secrets.reference(text, name, path, report));
  }
  add('payload', payloadOf(configuration, report));
  add('sendToConsumer', configuration.flag('sendToConsumer'));
  for (const name of TIME_FIELDS) add(name, timeOf(configuration, name, report));
  const variables = configuration.items('variables').flatMap((variable) => {
    const name = variable.text('name');
    if (name === undefined) return [];
    const value = variable.text('value');
    return [{ name, ...(value !== undefined && { value }) }];
  });
  if (variables.length > 0) add('variables', variables);
  add('ssl', readTrust(configuration.get('ssl'), report, secrets));
  return found;
}

function payloadOf(configuration: Reader, report: Report): string | undefined {
  const payload = configuration.get('payload');
  const { data } = payload;
  if (data === '') return '';
  if (typeof data !== 'object' || data === null) return configuration.text('payload');
  payload.tell(report, 'changed', 'a payload that is not text: its JSON is sent');
  return JSON.stringify(data);
}

function timeOf(configuration: Reader, name: string, report: Report): number | undefined {
  const value = configuration.number(name);
  if (value !== undefined && value >= 0) return Math.round(value);
  const field = configuration.get(name);
  if (field.isThere && field.data !== '')
    field.tell(report, 'changed', `${name} is not a duration: the default applies`);
  return undefined;
}

/** A type without a store, as forms leave it, means the platform's certificates. */
function readTrust(ssl: Reader, report: Report, secrets: Secrets): object | undefined {
  if (ssl.flag('trustAll') === true) {
    ssl.skip();
    report.add('told', 'ssl.trustAll: any certificate of the Lambda endpoint is accepted, as in the gateway', ssl.path);
    return { trustAll: true };
  }
  const type = ssl.text('trustStoreType')?.toUpperCase();
  const path = ssl.text('trustStorePath');
  const content = ssl.text('trustStoreContent');
  const password = ssl.text('trustStorePassword');
  if (type === undefined || (path === undefined && content === undefined)) {
    if ((type ?? path ?? content ?? password) !== undefined) {
      report.add('told', 'a trust store without a type or a store: the default trust, as in the gateway', ssl.path);
    }
    return undefined;
  }
  return {
    trustStoreType: type,
    ...(path !== undefined && { trustStorePath: path }),
    ...(content !== undefined && { trustStoreContent: content }),
    ...(password !== undefined && { trustStorePassword: passwordOf(password, ssl, report, secrets) }),
  };
}

/** A trust store is read when the document is loaded: its password stays, so that `check` can say whether it fits. */
function passwordOf(password: string, ssl: Reader, report: Report, secrets: Secrets): string {
  const path = `${ssl.path}.trustStorePassword`;
  if (isReference(password)) return secrets.reference(password, 'trustStorePassword', path, report);
  report.add('told', 'trustStorePassword is in policies.yaml', path);
  return password;
}
