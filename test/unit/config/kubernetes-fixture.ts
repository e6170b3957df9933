/** Objects for each control plane with which `check` finds no errors; tests spoil one field each. */

export const policies = `version: 1
envoy: {allowModeOverride: true, messageTimeoutMs: 10000}
apis:
  default:
    routes: ["httproute/shop/orders/*"]
    request:
      - {name: step, configuration: {function: f, apiCallTimeoutMs: 9000, payload: "{#request.content}", mutations: {headers: {set: {x-a: b}}}}}
`;

export const envoyGateway = `apiVersion: gateway.envoyproxy.io/v1alpha1
kind: EnvoyExtensionPolicy
metadata: {name: ext-proc, namespace: shop}
spec:
  targetRefs: [{group: gateway.networking.k8s.io, kind: HTTPRoute, name: orders}]
  extProc:
    - backendRefs: [{group: gateway.envoyproxy.io, kind: Backend, name: orders}]
      messageTimeout: 10s
      failOpen: false
      processingMode:
        allowModeOverride: true
        request: {attributes: [xds.route_name]}
      metadata: {writableNamespaces: [lambda-ext-proc]}
      backendSettings:
        retry: {retryOn: {triggers: [connect-failure, refused-stream]}}
        circuitBreaker: {maxParallelRequests: 100000, maxPendingRequests: 100000, maxParallelRetries: 100000}
        healthCheck:
          active: {type: GRPC, grpc: {service: envoy.service.ext_proc.v3.ExternalProcessor}, interval: 1s, timeout: 1s}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: orders, namespace: shop}
spec:
  hostnames: [shop.example.com]
  rules: [{matches: [{path: {type: PathPrefix, value: /orders}}], backendRefs: [{name: backend, port: 80}]}]
---
apiVersion: gateway.envoyproxy.io/v1alpha1
kind: ClientTrafficPolicy
metadata: {name: bodies, namespace: shop}
spec:
  targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: eg}]
  connection: {bufferLimit: 6Mi}
  timeout: {http: {requestReceivedTimeout: 300s, streamIdleTimeout: 300s}}
---
apiVersion: gateway.envoyproxy.io/v1alpha1
kind: EnvoyProxy
metadata: {name: proxy, namespace: shop}
spec:
  bootstrap:
    type: JSONPatch
    jsonPatches:
      - op: add
        path: /layered_runtime/layers/-
        value: {name: lambda, static_layer: {envoy.reloadable_features.ext_proc_graceful_grpc_close: true}}
`;

export const istio = `apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: lambda, namespace: istio-ingress}
spec:
  configPatches:
    - applyTo: HTTP_FILTER
      match: {context: GATEWAY, listener: {filterChain: {filter: {name: envoy.filters.network.http_connection_manager, subFilter: {name: envoy.filters.http.router}}}}}
      patch:
        operation: INSERT_BEFORE
        value:
          name: lambda-ext-proc
          disabled: true
          typed_config:
            "@type": type.googleapis.com/envoy.extensions.filters.http.ext_proc.v3.ExternalProcessor
            grpc_service: {envoy_grpc: {cluster_name: outbound|50051||lambda.shop.svc.cluster.local, authority: lambda-ext-proc}}
            processing_mode: {request_header_mode: SEND, response_header_mode: SKIP}
            allow_mode_override: true
            message_timeout: 10s
            metadata_options: {receiving_namespaces: {untyped: [lambda-ext-proc]}}
    - applyTo: HTTP_ROUTE
      match: {context: GATEWAY, routeConfiguration: {vhost: {route: {name: orders}}}}
      patch:
        operation: MERGE
        value:
          typed_per_filter_config:
            lambda-ext-proc:
              "@type": type.googleapis.com/envoy.extensions.filters.http.ext_proc.v3.ExtProcPerRoute
              overrides: {grpc_initial_metadata: [{key: x-lambda-api, value: default}]}
    - applyTo: LISTENER
      match: {context: GATEWAY}
      patch: {operation: MERGE, value: {per_connection_buffer_limit_bytes: 6291456}}
`;

export const kgateway = `apiVersion: gateway.kgateway.dev/v1alpha1
kind: GatewayExtension
metadata: {name: lambda, namespace: shop}
spec:
  extProc:
    grpcService: {backendRef: {name: lambda, port: 50051}, authority: lambda-ext-proc}
    failOpen: false
    allowProcessingModeOverride: true
    messageTimeout: 10s
    processingMode: {requestHeaderMode: SEND, responseHeaderMode: SKIP}
---
apiVersion: gateway.kgateway.dev/v1alpha1
kind: TrafficPolicy
metadata: {name: orders, namespace: shop}
spec:
  targetRefs: [{group: gateway.networking.k8s.io, kind: HTTPRoute, name: orders}]
  extProc: {extensionRef: {name: lambda}}
`;
