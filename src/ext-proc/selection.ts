import type { Metadata } from '@grpc/grpc-js';
import { METADATA_PREFIX, requestAttributes, streamMetadata } from '../envoy-names.ts';
import { charge, type MemoryAccount, NoRoomError, textBytes } from '../memory-account.ts';
import {
  type ApiChoice,
  type ApiPolicies,
  type EnvoySettings,
  PolicyFailure,
  type PolicySet,
  type StreamTraits,
} from '../policy/index.ts';

/** Where the transport lists unknown names with this server's prefix. */
const UNKNOWN = `${METADATA_PREFIX}unknown`;

/** Metadata that selects the policies; the transport must pass it unchanged, or other policies would run. */
export const selectingMetadata = {
  prefix: METADATA_PREFIX,
  kinds: Object.fromEntries(
    Object.values(streamMetadata).map((name) => [name, name === streamMetadata.api ? 'name' : 'json'] as const),
  ),
  unknown: UNKNOWN,
};

export type Selection =
  | { readonly kind: 'api'; readonly policies: ApiPolicies }
  | { readonly kind: 'pass' }
  | { readonly kind: 'refused'; readonly failure: PolicyFailure };

/**
 * Which API a stream belongs to: `x-lambda-api` or `x-lambda-policies` in the gRPC metadata, which callers cannot
 * send, otherwise what the document says about its traits. Never a silent pass, and never a guess. Policies that the stream sends
 * are charged to `memory`.
 */
export function selectApi(set: PolicySet, metadata: Metadata, traits: StreamTraits, memory: MemoryAccount): Selection {
  const unknown = metadata.get(UNKNOWN);
  if (unknown.length > 0) {
    const known = Object.values(streamMetadata).join(', ');
    return refused(
      'LAMBDA_EXT_PROC_INVALID_POLICIES',
      `the stream has unknown metadata: ${unknown.join(' ')}; the known names are ${known}`,
    );
  }
  const names = textsOf(metadata, streamMetadata.api);
  const inline = textsOf(metadata, streamMetadata.policies);
  if (names.length + inline.length > 1) {
    const found = [...names.map(() => streamMetadata.api), ...inline.map(() => streamMetadata.policies)].join(' and ');
    return refused('LAMBDA_EXT_PROC_INVALID_POLICIES', `the stream has ${found}: send only one of them`);
  }
  const [name] = names;
  if (name !== undefined) {
    const policies = set.byName(name);
    if (policies !== undefined) return { kind: 'api', policies };
    return refused('LAMBDA_EXT_PROC_UNKNOWN_API', `x-lambda-api is ${JSON.stringify(name)}, but no API has that name`);
  }
  const [text] = inline;
  if (text !== undefined) {
    try {
      charge(memory, textBytes(text));
      return { kind: 'api', policies: set.inline(text, memory) };
    } catch (error) {
      if (error instanceof NoRoomError) return { kind: 'refused', failure: PolicyFailure.from(error) };
      return refused('LAMBDA_EXT_PROC_INVALID_POLICIES', error);
    }
  }
  const choice = set.choose(traits);
  if (choice.kind === 'ambiguous') return refused('LAMBDA_EXT_PROC_AMBIGUOUS_API', ambiguity(traits, choice));
  if (choice.policies !== undefined) return { kind: 'api', policies: choice.policies };
  if (set.unmatched === 'pass') return { kind: 'pass' };
  if (hasNoRoute(traits)) return { kind: 'refused', failure: withoutRoute() };
  return refused(
    'LAMBDA_EXT_PROC_UNMATCHED',
    `${described(traits)} matches no API: send x-lambda-api or x-lambda-policies in grpc_initial_metadata, match it in \`authorities\`, \`select\` or \`routes\` of an API, or set unmatched: pass`,
  );
}

/**
 * Envoy sends the name of every route it found, even an empty one. It is absent if there is no route or the filter does not
 * ask for it: these cases cannot be distinguished, so such a request must not continue.
 */
function hasNoRoute({ attributes }: StreamTraits): boolean {
  return attributes.has(requestAttributes.virtualHostName) && !attributes.has(requestAttributes.routeName);
}

/** A 404, as Envoy would answer. */
function withoutRoute(): PolicyFailure {
  const cause = new Error(
    'Envoy found no route, or the filter does not send its name: add xds.route_name to request_attributes',
  );
  return new PolicyFailure('LAMBDA_EXT_PROC_UNMATCHED', { cause, status: 404, byCaller: true });
}

function ambiguity(traits: StreamTraits, { means, names }: Extract<ApiChoice, { kind: 'ambiguous' }>): string {
  const apis = names.slice(0, 10).map((name) => JSON.stringify(name));
  const more = names.length > apis.length ? ' …' : '';
  return `${described(traits)} matches \`${means}\` of more than one API (${apis.join(', ')}${more}): keep it in one of them only`;
}

function described({ authority, attributes }: StreamTraits): string {
  const routeName = attributes.get(requestAttributes.routeName);
  const route = routeName ? `route ${JSON.stringify(routeName)}` : 'a route whose name Envoy did not send';
  return authority === '' ? route : `${route} with the gRPC authority ${JSON.stringify(authority)}`;
}

/** The settings of the stream's Envoy: from its route, otherwise from its API or the document (`below`). */
export function envoyOf(set: PolicySet, metadata: Metadata, below: EnvoySettings): EnvoySettings | PolicyFailure {
  const [text, ...others] = textsOf(metadata, streamMetadata.envoy);
  if (text === undefined) return below;
  try {
    if (others.length > 0) throw new Error(`the stream has ${streamMetadata.envoy} twice with different values`);
    return set.layEnvoy(text, below);
  } catch (error) {
    return new PolicyFailure('LAMBDA_EXT_PROC_INVALID_POLICIES', { cause: error });
  }
}

const NONE: readonly string[] = [];

/** Distinct values; an empty one is what a formatter gives where a route has no such metadata. */
function textsOf(metadata: Metadata, key: string): readonly string[] {
  const values = metadata.get(key);
  if (values.length === 0) return NONE;
  const texts = values.map(String);
  return [...new Set(texts)].filter((text) => text !== '');
}

function refused(
  key:
    | 'LAMBDA_EXT_PROC_AMBIGUOUS_API'
    | 'LAMBDA_EXT_PROC_INVALID_POLICIES'
    | 'LAMBDA_EXT_PROC_UNKNOWN_API'
    | 'LAMBDA_EXT_PROC_UNMATCHED',
  cause: unknown,
): Selection {
  const error = typeof cause === 'string' ? new Error(cause) : cause;
  return { kind: 'refused', failure: new PolicyFailure(key, { cause: error }) };
}
