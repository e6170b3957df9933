import { FunctionGuard } from '../guard/function-guard.ts';
import type { Invocation } from '../types.ts';
import type { EndpointResolver } from './endpoint.ts';
import { createTarget, type Target } from './target.ts';

/** A function at an endpoint, with what its calls share. */
export interface Destination {
  readonly target: Target;
  readonly guard: FunctionGuard;
}

/** Templates may make names of a caller's data. */
const MAX_REMEMBERED = 1024;

/** Resolved once for each distinct function, qualifier, region and endpoint. */
export class Destinations {
  readonly #endpoints: EndpointResolver;
  readonly #destinations = new Map<string, Destination>();
  readonly #guards = new Map<string, FunctionGuard>();

  constructor(endpoints: EndpointResolver) {
    this.#endpoints = endpoints;
  }

  /** Throws or rejects with an InvocationError of kind `configuration`. */
  get(invocation: Invocation): Destination | Promise<Destination> {
    const { region, endpoint, functionName, qualifier } = invocation;
    // The lengths keep hostile names apart: no separator could.
    const key = `${region.length} ${endpoint?.length ?? ''} ${functionName.length} ${qualifier === undefined ? '-' : '+'}${region}${endpoint ?? ''}${functionName}${qualifier ?? ''}`;
    return this.#destinations.get(key) ?? this.#create(key, invocation);
  }

  #create(key: string, { region, endpoint, functionName, qualifier }: Invocation): Destination | Promise<Destination> {
    const finish = (resolved: Awaited<ReturnType<EndpointResolver['resolve']>>): Destination => {
      const target = createTarget(region, resolved, functionName, qualifier);
      const destination = { target, guard: this.#guard(`${target.origin} ${functionName}`) };
      if (this.#destinations.size >= MAX_REMEMBERED) this.#destinations.clear();
      this.#destinations.set(key, destination);
      return destination;
    };
    const resolved = this.#endpoints.resolve(region, endpoint);
    return resolved instanceof Promise ? resolved.then(finish) : finish(resolved);
  }

  /** Qualifiers of one function share its limits. */
  #guard(key: string): FunctionGuard {
    const known = this.#guards.get(key);
    if (known !== undefined) return known;
    if (this.#guards.size >= MAX_REMEMBERED) {
      for (const [name, guard] of this.#guards) if (guard.idle) this.#guards.delete(name);
    }
    const guard = new FunctionGuard();
    this.#guards.set(key, guard);
    return guard;
  }
}
