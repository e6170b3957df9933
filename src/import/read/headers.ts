import type { Report } from '../report.ts';

/** Headers that an endpoint adds to each request. Values are written as Envoy reads them. */
export interface EndpointHeaders {
  readonly host: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

const SECRET_NAME = /key|token|secret|auth|password|credential/i;

/** Those that Envoy can set; others are reported by name. */
export function carryHeaders(
  headers: readonly (readonly [name: string, value: string])[],
  owner: string,
  path: string,
  report: Report,
): EndpointHeaders {
  const carried = new Map<string, string>();
  let host: string | undefined;
  for (const [name, value] of headers) {
    if (/\{ *[#T(]|\[\[/.test(value)) {
      report.add('lost', `header ${name} of ${owner}: its value is an expression, which Envoy does not evaluate`, path);
    } else if (!/^[A-Za-z0-9!#$&'*+.^_`|~-]+$/.test(name) || !/^[\t\x20-\x7e]*$/.test(value)) {
      report.add('lost', `header ${name} of ${owner}: HTTP has no such name or value`, path);
    } else if (name.toLowerCase() === 'host') host = value.trim() === '' ? undefined : value.trim();
    else {
      carried.set(name, value);
      if (SECRET_NAME.test(name)) report.add('told', `header ${name} of ${owner} has its value in envoy.yaml`, path);
    }
  }
  return { host, headers: Object.fromEntries(carried) };
}
