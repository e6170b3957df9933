import { type Environment, sharedFiles } from '../environment.ts';

/** What the environment and the shared config files say of Lambda's endpoint, in the SDK's order of precedence. */
export interface EndpointSettings {
  readonly useFips: boolean;
  readonly useDualStack: boolean;
  /** Instead of the region's own. */
  readonly url: string | undefined;
}

type Profile = Readonly<Record<string, string | undefined>>;

/** Never rejects: a file that is missing or cannot be read is ignored, as by the SDK. */
export async function loadEndpointSettings(environment: Environment): Promise<EndpointSettings> {
  const { profile, services } = await readProfile(environment);
  const flag = (variable: string, key: string): boolean =>
    booleanOf(environment[variable]) ?? booleanOf(profile[key]) ?? false;
  const ignored = flag('AWS_IGNORE_CONFIGURED_ENDPOINT_URLS', 'ignore_configured_endpoint_urls');
  const fromEnvironment = environment.AWS_ENDPOINT_URL_LAMBDA || environment.AWS_ENDPOINT_URL;
  return {
    useFips: flag('AWS_USE_FIPS_ENDPOINT', 'use_fips_endpoint'),
    useDualStack: flag('AWS_USE_DUALSTACK_ENDPOINT', 'use_dualstack_endpoint'),
    url: ignored ? undefined : fromEnvironment || fromProfile(profile, services) || undefined,
  };
}

async function readProfile(environment: Environment): Promise<{ profile: Profile; services: Profile | undefined }> {
  const { HOME, USERPROFILE, HOMEPATH, AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE } = environment;
  const isPlaced = HOME || USERPROFILE || HOMEPATH || AWS_CONFIG_FILE || AWS_SHARED_CREDENTIALS_FILE;
  if (!isPlaced) return { profile: {}, services: undefined };
  const { credentials, config } = sharedFiles(environment);
  const { loadSharedConfigFiles } = await import('@smithy/core/config');
  try {
    const files = await loadSharedConfigFiles({ filepath: credentials, configFilepath: config, ignoreCache: true });
    const name = environment.AWS_PROFILE || 'default';
    const profile: Profile = { ...files.credentialsFile[name], ...files.configFile[name] };
    return { profile, services: files.configFile[`services.${profile.services}`] };
  } catch {
    return { profile: {}, services: undefined };
  }
}

/** A `services` section that is named but missing hides the profile's own endpoint_url, as for the SDK. */
function fromProfile(profile: Profile, services: Profile | undefined): string | undefined {
  if (!profile.services) return profile.endpoint_url;
  return services === undefined ? undefined : services['lambda.endpoint_url'] || profile.endpoint_url;
}

/** To the SDK `TRUE` and `1` are neither true nor false, and the next source in order counts. */
function booleanOf(text: string | undefined): boolean | undefined {
  if (text === 'true') return true;
  return text === 'false' ? false : undefined;
}
