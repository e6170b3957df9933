/** The gRPC service that Envoy calls, and that its health checks ask for. */
export const serviceName = 'envoy.service.ext_proc.v3.ExternalProcessor';
