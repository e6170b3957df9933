import { LRUCache } from 'lru-cache';
import { invocationDefaults } from '../defaults.ts';
import { configurationError } from './configuration-error.ts';

/** Where requests go. */
export interface Endpoint {
  /** Scheme, host and port. */
  readonly origin: string;
  /** As in the Host header: the port only where it is not the scheme's own. */
  readonly host: string;
  /** Path of a custom endpoint, "" for none. */
  readonly pathPrefix: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

interface EndpointParameters {
  readonly Region: string;
  readonly UseFIPS: boolean;
  readonly UseDualStack: boolean;
}

type Ruleset = (parameters: EndpointParameters) => { readonly url: URL };

/** The SDK's own check of a region: it becomes a part of a host name. */
const hostLabel = /^(?!.*-$)(?!-)[a-zA-Z0-9-]{1,63}$/;
/** A template may make regions and endpoints of a caller's data, so what is remembered is bounded. */
const MAX_REMEMBERED = 256;

/** Resolves a region or a custom endpoint; the SDK's ruleset is loaded when the first region needs it. */
export class EndpointResolver {
  readonly #environment: Environment;
  readonly #fallback: string | undefined;
  readonly #byRegion = new LRUCache<string, Endpoint>({ max: MAX_REMEMBERED });
  readonly #byUrl = new LRUCache<string, Endpoint>({ max: MAX_REMEMBERED });
  #ruleset: Ruleset | undefined;

  constructor(environment: Environment) {
    this.#environment = environment;
    const ignored = environment.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS === 'true';
    this.#fallback = ignored
      ? undefined
      : environment.AWS_ENDPOINT_URL_LAMBDA || environment.AWS_ENDPOINT_URL || undefined;
  }

  /** Throws or rejects with an InvocationError of kind `configuration`. */
  resolve(region: string, url: string | undefined): Endpoint | Promise<Endpoint> {
    const custom = url ?? this.#fallback;
    if (custom !== undefined) {
      if (!hostLabel.test(region)) throw invalidRegion(region);
      return this.#byUrl.get(custom) ?? remember(this.#byUrl, custom, customEndpoint(custom));
    }
    return this.#byRegion.get(region) ?? this.#byRule(region);
  }

  async #byRule(region: string): Promise<Endpoint> {
    if (!hostLabel.test(region)) throw invalidRegion(region);
    this.#ruleset ??= await loadRuleset();
    let url: URL;
    try {
      ({ url } = this.#ruleset({
        Region: region,
        UseFIPS: this.#environment.AWS_USE_FIPS_ENDPOINT === 'true',
        UseDualStack: this.#environment.AWS_USE_DUALSTACK_ENDPOINT === 'true',
      }));
    } catch (error) {
      throw invalidRegion(region, error);
    }
    return remember(this.#byRegion, region, endpointOf(url));
  }
}

async function loadRuleset(): Promise<Ruleset> {
  const { LambdaClient } = await import('@aws-sdk/client-lambda');
  const { endpointProvider } = new LambdaClient({ region: invocationDefaults.region }).config;
  return (parameters) => endpointProvider({ ...parameters, Endpoint: undefined });
}

/** What the text of a custom endpoint means: https unless it says http. Undefined: it is no such address. */
export function endpointUrl(text: string): URL | undefined {
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`);
  return url?.protocol === 'https:' || url?.protocol === 'http:' ? url : undefined;
}

function customEndpoint(text: string): Endpoint {
  const url = endpointUrl(text);
  if (url === undefined) {
    throw configurationError('endpoint', text, 'https://host[:port], or http:// for a local one');
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    // Not shown: it may hold a password.
    throw configurationError('endpoint', url.host, 'no user, password, query or fragment');
  }
  return endpointOf(url);
}

function endpointOf(url: URL): Endpoint {
  return { origin: url.origin, host: url.host, pathPrefix: url.pathname === '/' ? '' : url.pathname };
}

function invalidRegion(region: string, cause?: unknown): Error {
  return configurationError('region', region, `a region as ${invocationDefaults.region}`, cause);
}

function remember(cache: LRUCache<string, Endpoint>, key: string, endpoint: Endpoint): Endpoint {
  cache.set(key, endpoint);
  return endpoint;
}
