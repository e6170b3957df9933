import { execFileSync } from 'node:child_process';
import { startBackend } from '../../test/support/backend.ts';
import { type EnvoyConfigOptions, envoyConfig, type RunningEnvoy, startEnvoy } from '../../test/support/envoy.ts';
import type { Json } from '../../test/support/envoy-config.ts';
import { BACKEND_BODY, bodies, earlyBodyProbe } from './body-probes.ts';
import { askedFor, attributes, metadata, metadataOptions, settingMetadata } from './knowledge-probes.ts';
import type { Cell, Probe } from './probe.ts';
import { PROBE_KEY, startProbeServer } from './probe-server.ts';
import { answers, closing, closingByDefault } from './stream-probes.ts';

/** Probes for an Envoy that is configured as this project recommends. */
const usual = [closing, ...bodies, ...answers, ...attributes, ...metadata];
/** Probes for an Envoy with the default runtime flags, whose bodies do not wait for the reply to the headers. */
const plain = [closingByDefault, earlyBodyProbe];

/** The rows of the page, in its order. */
export const probes: readonly Probe[] = [
  ...bodies,
  earlyBodyProbe,
  closing,
  closingByDefault,
  ...answers,
  ...attributes,
  ...metadata,
];

/** What this Envoy supports: the title of each probe, and its cell. */
export async function probeEnvoy(program: string): Promise<ReadonlyMap<string, Cell>> {
  const named = new Map(probes.map((probe, index) => [probe, `p${index}`]));
  const nameOf = (probe: Probe): string => named.get(probe) ?? '';
  const server = await startProbeServer(new Map(probes.map((probe) => [nameOf(probe), probe.behave])));
  const backend = await startBackend({ answer: { body: BACKEND_BODY } });
  const envoys: RunningEnvoy[] = [];
  const cells = new Map<string, Cell>();
  const minor = Number(/\/1\.(\d+)\./.exec(execFileSync(program, ['--version'], { encoding: 'utf8' }))?.[1]);
  const start = async (some: readonly Probe[], filter: Json, change: (config: Json) => Json): Promise<RunningEnvoy> => {
    const routes = some.map((probe) => ({
      ...probe.route,
      prefix: `/${nameOf(probe)}/`,
      metadata: { [PROBE_KEY]: nameOf(probe), ...probe.route?.metadata },
    }));
    const options: EnvoyConfigOptions = {
      sidecar: server.address,
      backend: backend.address,
      routes,
      filtersBefore: [settingMetadata],
      ...askedFor,
      filter: { metadata_options: metadataOptions, ...filter },
    };
    const envoy = await startEnvoy({ config: change(envoyConfig(options)), program });
    envoys.push(envoy);
    return envoy;
  };
  try {
    const envoy = await start(usual, {}, (config) => config);
    const early = await start(plain, { send_body_without_waiting_for_header_response: true }, withoutFlags);
    for (const probe of [...usual, ...plain]) {
      const name = nameOf(probe);
      const at = plain.includes(probe) ? early : envoy;
      const streams = () => server.streams(name);
      cells.set(probe.title, await probe.run({ url: at.url, path: `/${name}/`, streams, envoy: at, backend, minor }));
    }
    return cells;
  } finally {
    for (const envoy of envoys) await envoy.stop();
    await backend.stop();
    server.stop();
  }
}

function withoutFlags({ layered_runtime: _, ...config }: Json): Json {
  return config;
}
