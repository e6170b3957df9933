export { type AdminSource, openAdmin, parseAdminAddress } from './admin.ts';
export { routeGrpcLogging } from './grpc-logging.ts';
export {
  createServer,
  type GrpcService,
  type RunningServer,
  type ServerOptions,
} from './grpc-server.ts';
export { ListenError, namesWorker, parseListenAddress } from './listen-address.ts';
export type { Takeover } from './listener.ts';
export { type Check, type Readiness, readinessOf } from './readiness.ts';
export { addReflection } from './reflection.ts';
export type { ServingNode } from './serving-node.ts';
export { handleSignals, type SignalControl } from './signals.ts';
export { Supervisor, type SupervisorOptions } from './supervisor.ts';
export { type TlsFilePaths, watchTlsFiles } from './tls-files.ts';
export { surviveUnexpectedErrors } from './unexpected-errors.ts';
export type { PolicyDocument } from './worker-channel.ts';
export { runWorker } from './worker-process.ts';
