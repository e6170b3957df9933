import { LRUCache } from 'lru-cache';
import type { ResolvedCredentials } from '../resolved-credentials.ts';
import { HmacKey } from './hmac.ts';

/** SigV4's derived key: good for one day, region and secret. */
export interface SigningKey {
  readonly day: string;
  /** `day/region/lambda/aws4_request`. */
  readonly scope: string;
  readonly key: HmacKey;
}

/** Regions may be made of a caller's data. */
const MAX_REGIONS = 64;

/**
 * Derived keys, stored with the credentials object itself: no secret becomes the key of a map, and they are dropped when the
 * credentials are. Providers return one object until they refresh.
 */
export class SigningKeys {
  readonly #keys = new WeakMap<ResolvedCredentials, LRUCache<string, SigningKey>>();

  /** `day` is YYYYMMDD in UTC. */
  get(credentials: ResolvedCredentials, region: string, day: string): SigningKey {
    let byRegion = this.#keys.get(credentials);
    if (byRegion === undefined) {
      byRegion = new LRUCache({ max: MAX_REGIONS });
      this.#keys.set(credentials, byRegion);
    }
    const known = byRegion.get(region);
    if (known?.day === day) return known;
    const derived = derive(credentials.secretAccessKey, region, day);
    byRegion.set(region, derived);
    return derived;
  }
}

function derive(secretAccessKey: string, region: string, day: string): SigningKey {
  let key = new HmacKey(Buffer.from(`AWS4${secretAccessKey}`));
  for (const part of [day, region, 'lambda', 'aws4_request']) key = new HmacKey(key.digest(part, 'buffer'));
  return { day, scope: `${day}/${region}/lambda/aws4_request`, key };
}
