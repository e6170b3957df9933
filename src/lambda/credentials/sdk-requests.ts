import { Agent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';

/**
 * How the SDK's own clients send: with an end to every wait, and through the proxy of the usual variables, which they do
 * not look at by themselves.
 */
export function sdkRequests() {
  const { http_proxy, HTTP_PROXY, https_proxy, HTTPS_PROXY, no_proxy, NO_PROXY } = process.env;
  const proxyEnv = { http_proxy, HTTP_PROXY, https_proxy, HTTPS_PROXY, no_proxy, NO_PROXY };
  return {
    connectionTimeout: 2_000,
    requestTimeout: 4_000,
    throwOnRequestTimeout: true,
    httpAgent: new Agent({ proxyEnv }),
    httpsAgent: new TlsAgent({ proxyEnv }),
  };
}
