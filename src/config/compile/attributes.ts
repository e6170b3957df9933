import type { DocumentPath } from '../problem.ts';
import type { Reporter } from './reporter.ts';

/** What callers send, or where they call from. */
const CALLERS = /\b(request|response|source|connection)\b/;
/** Of the incoming connection: restored original destinations and the PROXY protocol contain what the client sends. */
const DESTINATION = /\bdestination\b/;
/** What filters store, mostly of what callers send: tokens, headers, addresses. The node's metadata is Envoy's own. */
const STORED = /(?<!\bxds\.node\.)\b(metadata|filter_state|upstream_filter_state)\b/;
/** Whole messages, which Envoy writes as protobuf's debug text: it may differ from one start of Envoy to the next. */
const MESSAGE =
  /^\s*xds\s*\.\s*(?:\w+_metadata(?:\s*\.\s*filter_metadata\s*(?:\[[^[\]]*\]|\.\s*\w+)?)?|node(?:\s*\.\s*metadata)?|upstream_host_locality)\s*$/;

/** Checks that an attribute can distinguish streams and that callers cannot influence it. */
export function checkAttribute(attribute: string, path: DocumentPath, reporter: Reporter): void {
  const callers = CALLERS.exec(attribute);
  const stored = STORED.exec(attribute);
  if (callers !== null) {
    const message = `mentions ${callers[1]}: callers would choose the API; use an attribute of Envoy's configuration, such as xds.virtual_host_name or xds.route_metadata.filter_metadata['lambda']['api']`;
    reporter.errorInText(path, callers.index, message);
  } else if (stored !== null) {
    const message = `mentions ${stored[1]}, which filters derive from what callers send: callers could choose the API; use an attribute of Envoy's configuration, such as xds.virtual_host_name or xds.route_metadata.filter_metadata['lambda']['api']`;
    reporter.errorInText(path, stored.index, message);
  } else if (MESSAGE.test(attribute)) {
    const message =
      "is a whole message, whose text may change after each start of Envoy: use a text field of it, such as xds.route_metadata.filter_metadata['lambda']['api']";
    reporter.error(path, message);
  } else if (DESTINATION.test(attribute)) {
    const message =
      "mentions destination: callers choose it, and therefore the API, if Envoy restores original destinations (such as a sidecar of Istio) or accepts the PROXY protocol; use an attribute of Envoy's configuration, such as xds.virtual_host_name";
    reporter.warn(path, message);
  }
}
