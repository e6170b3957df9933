import { LRUCache } from 'lru-cache';
import type { Invocation, TransportOptions } from '../types.ts';
import type { EndpointResolver } from './endpoint.ts';
import { parseFunctionName } from './function-name.ts';
import { createTarget, type Operation, type Target } from './target.ts';

/** A function at an endpoint. */
export interface Destination {
  readonly target: Target;
  /** Endpoint, region and bare name: the same for all qualifiers and all ways to write the name. AWS's endpoints count as one. */
  readonly functionKey: string;
  /** In the function's name. */
  readonly account: string | undefined;
}

interface LastDestination extends Pick<Invocation, 'functionName' | 'region' | 'endpoint' | 'qualifier'> {
  readonly operation: Operation;
  readonly destination: Destination;
}

/** Resolved once for each distinct function, qualifier, region and endpoint, which may contain a caller's data. */
export class Destinations {
  readonly #endpoints: EndpointResolver;
  /** The last call with the same settings: most steps call one function, and building a key for each call takes longer. */
  readonly #last = new WeakMap<TransportOptions, LastDestination>();
  readonly #destinations = new LRUCache<string, Destination>({ max: 1_024 });

  constructor(endpoints: EndpointResolver) {
    this.#endpoints = endpoints;
  }

  /** Throws or rejects with an InvocationError of kind `configuration`. */
  get(invocation: Invocation, operation: Operation = 'invoke'): Destination | Promise<Destination> {
    const { region, endpoint, functionName, qualifier, transport } = invocation;
    const last = this.#last.get(transport);
    if (
      last !== undefined &&
      last.functionName === functionName &&
      last.region === region &&
      last.endpoint === endpoint &&
      last.qualifier === qualifier &&
      last.operation === operation
    ) {
      return last.destination;
    }
    // The lengths keep hostile names apart: no separator could.
    const key = `${operation} ${region.length} ${endpoint?.length ?? ''} ${functionName.length} ${qualifier === undefined ? '-' : '+'}${region}${endpoint ?? ''}${functionName}${qualifier ?? ''}`;
    const found = this.#destinations.get(key) ?? this.#create(key, invocation, operation);
    if (!(found instanceof Promise)) {
      this.#last.set(transport, { functionName, region, endpoint, qualifier, operation, destination: found });
    }
    return found;
  }

  #create(key: string, invocation: Invocation, operation: Operation): Destination | Promise<Destination> {
    const { region, endpoint, functionName, qualifier } = invocation;
    const finish = (resolved: Awaited<ReturnType<EndpointResolver['resolve']>>): Destination => {
      const target = createTarget(resolved.region, resolved, functionName, qualifier, operation);
      const { account, name = functionName } = parseFunctionName(functionName) ?? {};
      const place = resolved.isAws ? 'aws' : `${resolved.origin}${resolved.pathPrefix}`;
      const destination = { target, functionKey: `${place} ${resolved.region} ${name}`, account };
      this.#destinations.set(key, destination);
      return destination;
    };
    const resolved = this.#endpoints.resolve(region, endpoint);
    return resolved instanceof Promise ? resolved.then(finish) : finish(resolved);
  }
}
