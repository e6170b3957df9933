import { GRPC_AUTHORITY, requestAttributes, responseAttributes } from '../envoy-names.ts';

/** The attributes that Envoy sends for every request; `given` replaces those that a trial invents. */
export function requestAttributesOf(
  route: string | undefined,
  given: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  return new Map([
    [requestAttributes.routeName, route ?? ''],
    [requestAttributes.virtualHostName, 'test'],
    [requestAttributes.protocol, 'HTTP/1.1'],
    [requestAttributes.sourceAddress, '127.0.0.1:50000'],
    [requestAttributes.destinationAddress, '127.0.0.1:10000'],
    ...given,
  ]);
}

export interface GivenTraits {
  readonly authority: string | undefined;
  readonly route: string | undefined;
  readonly attributes: ReadonlyMap<string, string>;
}

/** What selects the API of a stream: see StreamTraits. */
export function traitsOf({ authority, route, attributes }: GivenTraits): {
  readonly authority: string;
  readonly attributes: ReadonlyMap<string, string>;
} {
  return { authority: authority ?? GRPC_AUTHORITY, attributes: requestAttributesOf(route, attributes) };
}

/** The attributes that Envoy sends for a backend's response. */
export const ANSWERED_BY_BACKEND: ReadonlyMap<string, string> = new Map([
  [responseAttributes.codeDetails, 'via_upstream'],
  [responseAttributes.upstreamAddress, '127.0.0.1:8080'],
]);
