import type { Gap } from './driver.ts';

/**
 * Replies that Envoy has no place for, and that are not avoided yet. In full duplex: a policy's body where trailers follow the headers
 * at once, since Envoy takes no piece where no body came.
 */
export const knownGap: Gap = (reply, why) => reply.kind === 'piece' && why === 'a piece where no body came';
