import type { HealthCheck } from '../definition.ts';
import type { Report } from '../report.ts';
import { carryHeaders } from './headers.ts';
import type { Reader } from './reader.ts';
import { readHeaders } from './values.ts';

/** `targetPath`: the path of the endpoint, below which most checks are. */
interface CheckPlace {
  readonly owner: string;
  readonly targetPath: string;
}

/** A check of v4, or undefined with a line in the report. */
export function readCheckV4(
  service: Reader,
  { owner, targetPath }: CheckPlace,
  report: Report,
): HealthCheck | undefined {
  if (!service.isThere) return undefined;
  if (service.flag('enabled') !== true) return off(service, owner, report);
  const configuration = service.getJson('configuration');
  const path = configuration.text('target') ?? '/';
  const isWhole = configuration.flag('overrideEndpointPath') !== false;
  const assertion = configuration.text('assertion');
  if (/^https?:/i.test(path)) {
    service.tell(report, 'lost', `the health check of ${owner}: its target is another server`);
    return undefined;
  }
  return makeCheck(
    {
      request: configuration,
      path: isWhole ? path : join(targetPath, path),
      intervalMs: intervalOf(configuration, owner, report),
      assertions: assertion === undefined ? [] : [assertion],
      healthyThreshold: configuration.number('successThreshold'),
      unhealthyThreshold: configuration.number('failureThreshold'),
    },
    owner,
    report,
  );
}

/** A check of v2: one step of one request; older ones have it without a list. */
export function readCheckV2(
  service: Reader,
  { owner, targetPath }: CheckPlace,
  report: Report,
): HealthCheck | undefined {
  if (!service.isThere || typeof service.data !== 'object') return undefined;
  if (service.flag('enabled') === false) return off(service, owner, report);
  const [first, ...others] = service.items('steps');
  for (const other of others) other.tell(report, 'lost', `a further step of the health check of ${owner}`);
  const step = first ?? service;
  const request = step.get('request');
  const path = request.text('path', 'uri');
  if (path === undefined) {
    service.tell(report, 'lost', `the health check of ${owner}: it has no path`);
    return undefined;
  }
  const assertions = step.get('response', 'expectation').texts('assertions');
  const isRoot = request.flag('fromRoot') === true;
  return makeCheck(
    {
      request,
      path: isRoot ? path : join(targetPath, path),
      intervalMs: intervalOf(service, owner, report),
      assertions,
    },
    owner,
    report,
  );
}

function off(service: Reader, owner: string, report: Report): undefined {
  service.skip();
  report.add('told', `the health check of ${owner}, which is off`, service.path);
}

interface CheckParts {
  readonly request: Reader;
  readonly path: string;
  readonly intervalMs: number;
  readonly assertions: readonly string[];
  readonly healthyThreshold?: number | undefined;
  readonly unhealthyThreshold?: number | undefined;
}

function makeCheck(parts: CheckParts, owner: string, report: Report): HealthCheck {
  const { request } = parts;
  const method = (request.text('method') ?? 'GET').toUpperCase();
  const isKnown = /^(?:GET|HEAD|POST|PUT|DELETE|OPTIONS|TRACE|PATCH)$/.test(method);
  if (!isKnown)
    report.add('changed', `the health check of ${owner} uses ${method}: GET is used`, `${request.path}.method`);
  const body = request.get('body');
  if (body.isThere && body.data !== '') body.tell(report, 'lost', `the body of the health check of ${owner}`);
  const { headers, host } = carryHeaders(
    readHeaders(request.get('headers')),
    `the health check of ${owner}`,
    request.path,
    report,
  );
  return {
    method: isKnown ? method : 'GET',
    path: `/${parts.path}`.replace(/^\/+/, '/').replace(/[^\x21-\x7e]/g, encodeURIComponent),
    intervalMs: parts.intervalMs,
    healthyThreshold: threshold(parts.healthyThreshold),
    unhealthyThreshold: threshold(parts.unhealthyThreshold),
    statuses: statusesOf(parts, owner, report),
    headers: host === undefined ? headers : { ...headers, host },
  };
}

function threshold(value: number | undefined): number {
  return value !== undefined && value >= 1 ? Math.min(Math.round(value), 1000) : 2;
}

/** `#response.status == 200`, with or without braces, is what Envoy's expected statuses say. */
function statusesOf({ assertions, request }: CheckParts, owner: string, report: Report): readonly number[] {
  const statuses = assertions.map((text) => /^\{?\s*#response\.status\s*==\s*(\d{3})\s*\}?$/.exec(text.trim())?.[1]);
  if (statuses.includes(undefined) || statuses.length > 1) {
    const what = `the assertions of the health check of ${owner}: Envoy looks for the status 200 only`;
    report.add(
      'changed',
      what,
      `${request.path}.assertion`,
      `${request.path.replace(/request$/, 'response')}.assertions`,
    );
  }
  const [only] = statuses;
  return [statuses.length === 1 && only !== undefined ? Number(only) : 200];
}

/** A first field of seconds with a step of five means every five seconds. Undefined for schedules that are not an interval. */
function intervalOf(service: Reader, owner: string, report: Report): number {
  const schedule = service.text('schedule');
  const trigger = service.get('trigger');
  const rate = trigger.number('rate') ?? service.number('interval');
  const unit = trigger.text('unit') ?? service.text('unit');
  if (schedule === undefined && rate === undefined) return 10_000;
  const seconds = schedule === undefined ? (rate ?? 10) * unitSeconds(unit) : everySeconds(schedule);
  if (seconds === undefined) {
    const what = `the schedule of the health check of ${owner}: checked every 10 seconds`;
    report.add('changed', what, `${service.path}.schedule`);
  }
  return Math.min(Math.max(1, seconds ?? 10), 86_400) * 1000;
}

function unitSeconds(unit: string | undefined): number {
  return { MILLISECONDS: 0.001, MINUTES: 60, HOURS: 3600, DAYS: 86_400 }[unit?.toUpperCase() ?? ''] ?? 1;
}

function everySeconds(schedule: string): number | undefined {
  const fields = schedule.trim().split(/\s+/);
  const at = fields.findIndex((field) => field !== '0');
  const field = fields[at] ?? '';
  const rest = fields.slice(at + 1);
  const step = field === '*' ? 1 : Number(/^(?:\*|0)\/(\d+)$/.exec(field)?.[1]);
  const unit = [1, 60, 3600, 86_400][at];
  return unit === undefined || !(step > 0) || rest.some((other) => !/^[*?]$/.test(other)) ? undefined : step * unit;
}

function join(base: string, path: string): string {
  return `${base.replace(/\/+$/, '')}/${path.replace(/^\/+/, '')}`;
}
