import { fileURLToPath } from 'node:url';
import {
  type Server,
  type ServerDuplexStream,
  type ServiceDefinition,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';

/** proto/ is beside src/ in a checkout and beside dist/ in the package: the same relative path from here. */
const protoDirectory = fileURLToPath(new URL('../../proto/', import.meta.url));

const VERSIONS = ['v1', 'v1alpha'] as const;
const METHOD = 'ServerReflectionInfo';

type Call = ServerDuplexStream<Buffer, Buffer>;
type Handler = (call: unknown) => void;

/** What `@grpc/reflection` would register for one version. */
interface Registered {
  readonly definition: ServiceDefinition;
  readonly implementation: UntypedServiceImplementation;
}

/**
 * gRPC reflection (v1 and v1alpha) for ext_proc and health. It is loaded when it is first asked for: that takes 0.1 s
 * and 20 MB, more than the rest of the server, and only interactive tools use it.
 */
export function addReflection(server: Server): void {
  let loaded: Promise<ReadonlyMap<string, Registered>> | undefined;
  for (const version of VERSIONS) {
    const service = `grpc.reflection.${version}.ServerReflection`;
    const answer = (call: Call): void => {
      loaded ??= load();
      loaded
        .then((services) => delegate(call, services.get(`/${service}/${METHOD}`)))
        .catch((error: unknown) => call.emit('error', error));
    };
    server.addService({ [METHOD]: bytesMethod(`/${service}/${METHOD}`) }, { [METHOD]: answer });
  }
}

/** Messages stay bytes until the library's own codecs are there. */
function bytesMethod(path: string): ServiceDefinition[string] {
  const bytes = (value: Buffer): Buffer => value;
  return {
    path,
    requestStream: true,
    responseStream: true,
    requestSerialize: bytes,
    requestDeserialize: bytes,
    responseSerialize: bytes,
    responseDeserialize: bytes,
  };
}

async function load(): Promise<ReadonlyMap<string, Registered>> {
  const [{ ReflectionService }, protoLoader, health] = await Promise.all([
    import('@grpc/reflection'),
    import('@grpc/proto-loader'),
    import('grpc-health-check'),
  ]);
  const files = ['envoy/service/ext_proc/v3/external_processor.proto', health.protoPath];
  const services = new Map<string, Registered>();
  const registry: Pick<Server, 'addService'> = {
    addService(definition, implementation) {
      const path = definition[METHOD]?.path;
      if (path !== undefined) services.set(path, { definition, implementation });
    },
  };
  new ReflectionService(await protoLoader.load(files, { includeDirs: [protoDirectory] })).addToServer(registry);
  return services;
}

function delegate(call: Call, registered: Registered | undefined): void {
  const method = registered?.definition[METHOD];
  const handler = registered?.implementation[METHOD] as Handler | undefined;
  if (method === undefined || handler === undefined) throw new Error('@grpc/reflection no longer has this service');
  handler({
    on(event: string, listener: (value?: unknown) => void) {
      call.on(event, event === 'data' ? (bytes: Buffer) => decode(call, method, bytes, listener) : listener);
    },
    write: (message: unknown) => call.write(method.responseSerialize(message)),
    end: () => call.end(),
  });
}

/** A message that does not parse ends only this stream. */
function decode(
  call: Call,
  method: ServiceDefinition[string],
  bytes: Buffer,
  listener: (message: unknown) => void,
): void {
  let message: unknown;
  try {
    message = method.requestDeserialize(bytes);
  } catch {
    call.emit('error', { code: status.INVALID_ARGUMENT, details: 'not a ServerReflectionRequest' });
    return;
  }
  listener(message);
}
