/** An Envoy configuration with which `check` finds nothing wrong; tests spoil one line each. */
export const goodEnvoy = `overload_manager:
  resource_monitors: [{name: envoy.resource_monitors.fixed_heap}]
layered_runtime:
  layers:
    - name: static
      static_layer: {envoy.reloadable_features.ext_proc_graceful_grpc_close: true}
static_resources:
  listeners:
    - name: main
      address: {socket_address: {address: 127.0.0.1, port_value: 10000}}
      per_connection_buffer_limit_bytes: 6291456
      filter_chains:
        - filters:
            - name: envoy.filters.network.http_connection_manager
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                stat_prefix: ingress
                normalize_path: true
                merge_slashes: true
                path_with_escaped_slashes_action: UNESCAPE_AND_REDIRECT
                common_http_protocol_options: {headers_with_underscores_action: REJECT_REQUEST}
                use_remote_address: true
                request_timeout: 300s
                stream_idle_timeout: 300s
                route_config:
                  name: routes
                  virtual_hosts:
                    - name: all
                      domains: ["*"]
                      routes:
                        - name: orders
                          match: {prefix: /orders}
                          route: {cluster: backend}
                          metadata: {filter_metadata: {lambda: {api: orders}}}
                          typed_per_filter_config:
                            ext_proc:
                              "@type": type.googleapis.com/envoy.extensions.filters.http.ext_proc.v3.ExtProcPerRoute
                              overrides:
                                grpc_initial_metadata: [{key: x-lambda-api, value: orders}]
                            lambda-ext-proc-done:
                              "@type": type.googleapis.com/envoy.config.route.v3.FilterConfig
                              config: {}
                        - name: plain
                          match: {prefix: /}
                          route: {cluster: backend}
                http_filters:
                  - name: ext_proc
                    disabled: true
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.http.ext_proc.v3.ExternalProcessor
                      grpc_service:
                        envoy_grpc: {cluster_name: lambda-ext-proc, authority: lambda-ext-proc}
                        retry_policy: {retry_on: "connect-failure,refused-stream"}
                      processing_mode: {request_header_mode: SEND, response_header_mode: SKIP}
                      allow_mode_override: true
                      message_timeout: 35s
                      request_attributes: [xds.route_name]
                      response_attributes: [response.code_details, response.flags, upstream.address]
                      metadata_options: {receiving_namespaces: {untyped: [lambda-ext-proc]}}
                  - name: lambda-ext-proc-done
                    disabled: true
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC
                      rules:
                        action: ALLOW
                        policies:
                          request-done:
                            permissions: [{any: true}]
                            principals:
                              - sourced_metadata:
                                  metadata_matcher:
                                    filter: lambda-ext-proc
                                    path: [{key: request}]
                                    value: {string_match: {exact: done}}
                  - name: envoy.filters.http.router
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
  clusters:
    - name: lambda-ext-proc
      type: STATIC
      load_assignment:
        cluster_name: lambda-ext-proc
        endpoints:
          - lb_endpoints: [{endpoint: {address: {pipe: {path: /run/lambda-ext-proc.sock}}}}]
      typed_extension_protocol_options:
        envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
          "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
          explicit_http_config: {http2_protocol_options: {}}
      circuit_breakers: {thresholds: [{max_requests: 10000, max_retries: 1000}]}
      health_checks:
        - timeout: 1s
          interval: 1s
          no_traffic_interval: 1s
          unhealthy_threshold: 2
          healthy_threshold: 1
          grpc_health_check: {service_name: envoy.service.ext_proc.v3.ExternalProcessor, authority: lambda-ext-proc}
    - name: backend
      type: STATIC
      per_connection_buffer_limit_bytes: 6291456
      load_assignment:
        cluster_name: backend
        endpoints:
          - lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: 8080}}}}]
`;
