export { routeGrpcLogging } from './grpc-logging.ts';
export {
  createServer,
  type DrainOptions,
  type GrpcService,
  type RunningServer,
  type ServerOptions,
} from './grpc-server.ts';
export { type ListenAddress, ListenError, namesWorker, parseListenAddress } from './listen-address.ts';
export { addReflection } from './reflection.ts';
export { TlsFileError, type TlsFilePaths, type TlsFiles, watchTlsFiles } from './tls-files.ts';
