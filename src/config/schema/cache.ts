import { z } from 'zod';
import { CACHE_ENTRIES, CACHE_SECONDS } from '../../policy/index.ts';
import { body, field, flag, integer } from './field.ts';

/** How long a function's results are cached, and what distinguishes requests. */
export const cache = z
  .strictObject({
    ttlSeconds: field(integer(0, CACHE_SECONDS), {
      title: 'Time to live',
      description: 'Seconds that a result is kept; 0 disables the cache. Required in a cache.',
      examples: [30],
    }),
    key: field(body, {
      title: 'Key',
      description:
        'Requests for which its expressions have equal values get the same result. Absent: the whole payload. A key of null or "" is not kept.',
      examples: [["{#request.headers['x-tenant'][0]}", '{#request.path}'], "{#request.headers['authorization'][0]}"],
    }),
    maxEntries: field(integer(1, CACHE_ENTRIES.most), {
      title: 'Entries',
      description: 'Results of the step that one worker keeps; the least recently used is evicted.',
      default: CACHE_ENTRIES.usual,
      examples: [10_000],
    }),
    keyIsComplete: field(flag, {
      title: 'Key is complete',
      description:
        'Confirms that the result is the same for all requests with one key, although the payload contains more: skips the check that the key covers everything that the payload reads.',
      default: false,
      examples: [true],
    }),
  })
  .meta({
    id: 'cache',
    title: 'Cache',
    description: 'Keeps the results of a function, so that it is not called again for the same request.',
  });
