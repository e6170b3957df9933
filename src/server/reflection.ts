import { fileURLToPath } from 'node:url';
import type { Server } from '@grpc/grpc-js';

/** proto/ stands beside src/ in a checkout and beside dist/ in the package: the same way up from here. */
const protoDirectory = fileURLToPath(new URL('../../proto/', import.meta.url));

/**
 * gRPC reflection (v1 and v1alpha) for ext_proc and health. Loaded after the server is ready: it takes longer to import
 * than the rest of the server, and only tools for people ask for it.
 */
export async function addReflection(server: Server): Promise<void> {
  const [{ ReflectionService }, { load }, health] = await Promise.all([
    import('@grpc/reflection'),
    import('@grpc/proto-loader'),
    import('grpc-health-check'),
  ]);
  const files = ['envoy/service/ext_proc/v3/external_processor.proto', health.protoPath];
  new ReflectionService(await load(files, { includeDirs: [protoDirectory] })).addToServer(server);
}
