import { LRUCache } from 'lru-cache';
import { invocationDefaults } from '../defaults.ts';
import type { Environment } from '../environment.ts';
import { configurationError } from './configuration-error.ts';
import { type EndpointSettings, loadEndpointSettings } from './endpoint-settings.ts';

/** Where requests go. */
export interface Endpoint {
  /** Scheme, host and port. */
  readonly origin: string;
  /** As in the Host header: the port only where it is not the scheme's own. */
  readonly host: string;
  /** Path of a custom endpoint, "" for none. */
  readonly pathPrefix: string;
  /** That signatures are for. */
  readonly region: string;
  /** One of AWS's own for the region, a VPC endpoint included. */
  readonly isAws: boolean;
}

interface EndpointParameters {
  readonly Region: string;
  readonly UseFIPS: boolean;
  readonly UseDualStack: boolean;
  readonly Endpoint: string | undefined;
}

type Ruleset = (parameters: EndpointParameters) => { readonly url: URL };

/** The SDK's own check of a region: it becomes a part of a host name. */
const HOST_LABEL = /^(?!.*-$)(?!-)[a-zA-Z0-9-]{1,63}$/;
/** A template may make regions and endpoints of a caller's data, so what is remembered is bounded. */
const MAX_REMEMBERED = 256;

/** `fips-us-east-1` and similar names mean the FIPS endpoint of another region, as the SDK reads them. */
function isFipsRegion(region: string): boolean {
  return region.startsWith('fips-') || region.endsWith('-fips');
}

/** The region whose functions are called: `us-east-1` for `fips-us-east-1`. */
export function realRegion(region: string): string {
  if (!isFipsRegion(region)) return region;
  if (region === 'fips-aws-global' || region === 'aws-fips') return 'us-east-1';
  return region.replace(/fips-(?:dkr-|prod-)?|-fips/, '');
}

/** The SDK's ruleset and the machine's settings, loaded together. */
export interface EndpointRules {
  readonly ruleset: Ruleset;
  readonly settings: EndpointSettings;
}

/**
 * Resolves a region or a custom endpoint. The settings of the environment and the shared config files, and the SDK's
 * ruleset, are loaded when the first invocation that brings no endpoint of its own needs them.
 */
export class EndpointResolver {
  readonly #byRegion = new LRUCache<string, Endpoint>({ max: MAX_REMEMBERED });
  readonly #byUrl = new LRUCache<string, Endpoint>({ max: MAX_REMEMBERED });
  readonly #load: () => Promise<EndpointRules>;
  #rules: Promise<EndpointRules> | undefined;

  constructor(environment: Environment, load: (environment: Environment) => Promise<EndpointRules> = machineRules) {
    this.#load = () => load(environment);
  }

  /** `url`: the configuration's own endpoint. Throws or rejects with an InvocationError of kind `configuration`. */
  resolve(region: string, url: string | undefined): Endpoint | Promise<Endpoint> {
    if (!HOST_LABEL.test(region)) throw invalidRegion(region);
    if (url === undefined) return this.#byRegion.get(region) ?? this.#byRules(region);
    const key = `${region} ${url}`;
    return this.#byUrl.get(key) ?? remember(this.#byUrl, key, customEndpoint(url, realRegion(region)));
  }

  async #byRules(region: string): Promise<Endpoint> {
    this.#rules ??= this.#load();
    const { ruleset, settings } = await this.#rules;
    const { url: configured, useDualStack } = settings;
    const useFips = settings.useFips || isFipsRegion(region);
    const real = realRegion(region);
    let endpoint = configured === undefined ? undefined : customEndpoint(configured, real);
    try {
      const found = ruleset({ Region: real, UseFIPS: useFips, UseDualStack: useDualStack, Endpoint: configured });
      endpoint ??= { ...endpointOf(found.url), region: real, isAws: true };
    } catch (error) {
      if (configured === undefined) throw invalidRegion(region, error);
      const kind = useFips ? 'FIPS' : 'dual-stack';
      throw configurationError('endpoint', configured, `no endpoint of its own together with ${kind} endpoints`, error);
    }
    return remember(this.#byRegion, region, endpoint);
  }
}

/** The SDK's rules, with the settings of this machine. */
async function machineRules(environment: Environment): Promise<EndpointRules> {
  const [ruleset, settings] = await Promise.all([loadRuleset(), loadEndpointSettings(environment)]);
  return { ruleset, settings };
}

async function loadRuleset(): Promise<Ruleset> {
  const { LambdaClient } = await import('@aws-sdk/client-lambda');
  const { endpointProvider } = new LambdaClient({ region: invocationDefaults.region }).config;
  return (parameters) => endpointProvider({ ...parameters });
}

/** What the text of a custom endpoint means: https unless it says http. Undefined: it is not such an address. */
export function endpointUrl(text: string): URL | undefined {
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`);
  return url?.protocol === 'https:' || url?.protocol === 'http:' ? url : undefined;
}

/** Hosts of Lambda in a region: plain, FIPS or dual-stack, and behind a VPC endpoint, in every partition. */
const AWS_HOST =
  /^(?:[\w-]+\.)?lambda(?:-fips)?\.(?<region>[a-z0-9-]+)\.(?:vpce\.)?(?:amazonaws\.(?:com|com\.cn|eu)|api\.aws|api\.amazonwebservices\.(?:com\.cn|eu)|c2s\.ic\.gov|sc2s\.sgov\.gov|cloud\.adc-e\.uk|csp\.hci\.ic\.gov)$/;

function customEndpoint(text: string, region: string): Endpoint {
  const url = endpointUrl(text);
  if (url === undefined) {
    throw configurationError('endpoint', text, 'https://host[:port], or http:// for a local one');
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    // Not shown: it may hold a password.
    throw configurationError('endpoint', url.host, 'no user, password, query or fragment');
  }
  return { ...endpointOf(url), region, isAws: isAwsHost(url, region) };
}

function isAwsHost({ hostname, protocol, port }: URL, region: string): boolean {
  return protocol === 'https:' && port === '' && AWS_HOST.exec(hostname)?.groups?.region === region;
}

function endpointOf(url: URL): Pick<Endpoint, 'origin' | 'host' | 'pathPrefix'> {
  return { origin: url.origin, host: url.host, pathPrefix: url.pathname === '/' ? '' : url.pathname };
}

function invalidRegion(region: string, cause?: unknown): Error {
  return configurationError('region', region, `a region such as ${invocationDefaults.region}`, cause);
}

function remember(cache: LRUCache<string, Endpoint>, key: string, endpoint: Endpoint): Endpoint {
  cache.set(key, endpoint);
  return endpoint;
}
