import type { SslOptions } from '../types.ts';
import type { Target } from './target.ts';

/**
 * Whether AWS itself answers there: its own name, with a certificate of the usual authorities. Only then does a statement about
 * credentials or about the time count for more than this endpoint. A trust store of the policy's own may be anybody's.
 */
export function isTrusted({ isAws }: Target, ssl: SslOptions | undefined): boolean {
  return isAws && ssl === undefined;
}
