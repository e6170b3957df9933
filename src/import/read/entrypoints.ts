import type { Cors, Entrypoint } from '../definition.ts';
import { isRe2 } from '../path-patterns.ts';
import type { Report } from '../report.ts';
import { isRecord, type Reader } from './reader.ts';

/** Where the gateway listened: paths with or without hosts. What Envoy cannot match is reported. */
export function readEntrypoints(paths: readonly Reader[], report: Report): readonly Entrypoint[] {
  const found = new Map<string, Entrypoint>();
  for (const path of paths) {
    if (!isRecord(path.data)) continue;
    const own = path.find('path');
    const isPath = !own.isThere || own.word === path.text('path');
    const contextPath = isPath ? contextPathOf(own.word ?? '/') : undefined;
    const host = hostOf(path.find('host').word);
    if (contextPath === undefined || host === undefined) {
      path.tell(
        report,
        'lost',
        'a path with ? or #, a path that is not text, or a host that is not a valid name: no request can reach it',
      );
      continue;
    }
    const override = path.get('overrideAccess', 'override_entrypoint', 'overrideEntrypoint');
    if (override.data === true) override.tell(report, 'told', 'the address that the portal shows for a path');
    else override.skip();
    const name = host === '' ? undefined : host;
    found.set(`${host} ${contextPath}`, { host: name, contextPath });
  }
  return [...found.values()];
}

/** Repeated slashes count as one, as in the gateway. Undefined: Envoy has no such paths. */
function contextPathOf(path: string): string | undefined {
  const whole = `/${path}`.replace(/\/+/g, '/').replace(/\/$/, '');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: Envoy's configuration is text without them
  return /[?#\x00-\x1f\x7f]/.test(whole) ? undefined : whole;
}

/** Hosts are case-insensitive, and the gateway ignores ports. "" means every host; undefined: it is not a valid host. */
function hostOf(host: string | undefined): string | undefined {
  const name = (host ?? '').trim().toLowerCase().replace(/:\d+$/, '');
  if (name === '' || name === '*') return '';
  return /^(?:\*[.-])?[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?$/.test(name) ? name : undefined;
}

/** Cross-origin rules, which Envoy's own filter has too. Undefined where they are off. */
export function readCors(cors: Reader, report: Report): Cors | undefined {
  if (!cors.isThere) return undefined;
  if (cors.flag('enabled') !== true) {
    cors.skip();
    report.add('told', 'CORS rules, which are off', cors.path);
    return undefined;
  }
  if (cors.flag('runPolicies') === true) {
    report.add('changed', 'CORS: preflight requests are answered before the policies run', `${cors.path}.runPolicies`);
  }
  return {
    origins: readOrigins(cors, report),
    methods: cors.texts('allowMethods'),
    headers: cors.texts('allowHeaders'),
    exposed: cors.texts('exposeHeaders'),
    credentials: cors.flag('allowCredentials') === true,
    maxAgeSeconds: positive(cors.number('maxAge')),
    privateNetwork: cors.flag('allowPrivateNetwork') === true,
  };
}

/** Origins with brackets or a star are regular expressions, except a single star. */
function readOrigins(cors: Reader, report: Report): Cors['origins'] {
  return cors.texts('allowOrigin').flatMap((origin): Cors['origins'] => {
    if (origin === '*') return [{ pattern: '.*' }];
    if (!/[*[(]/.test(origin)) return [{ exact: origin }];
    if (isRe2(origin)) return [{ pattern: origin }];
    report.add('lost', `CORS for the origin ${origin}, which RE2 does not understand`, `${cors.path}.allowOrigin`);
    return [];
  });
}

function positive(value: number | undefined): number | undefined {
  return value !== undefined && value >= 0 ? Math.round(value) : undefined;
}
