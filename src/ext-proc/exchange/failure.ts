import type { LabelValue } from '../../observability/index.ts';
import type { PolicyFailure } from '../../policy/index.ts';
import type { Side } from '../wire/index.ts';
import type { HiddenPart } from './hidden-part.ts';

/** Why the caller gets an error, as the state machine sees it. Its key, text and metrics are chosen elsewhere. */
export type Failure =
  /** A body that a policy reads did not arrive, or is incomplete. */
  | { readonly kind: 'body-missing'; readonly reason: string }
  /** A request's body is not whole yet: its caller is slow, or Envoy stopped reading. */
  | { readonly kind: 'upload-overdue'; readonly waitedMs: number }
  /** A body that a policy reads cannot be waited for, or one that it sets has no place. `side`: whose message is of such a kind. */
  | { readonly kind: 'body-refused'; readonly side: Side; readonly reason: string }
  /** Envoy may withhold what policies must see, and the configuration does not say otherwise. */
  | { readonly kind: 'hidden'; readonly part: HiddenPart; readonly obstacle: string | undefined }
  | { readonly kind: 'body-too-large'; readonly side: Side }
  /** No room for a body or a message among all that the process holds. */
  | { readonly kind: 'no-room' }
  /** Policies would have to run on a message whose headers never came. */
  | { readonly kind: 'headers-unseen'; readonly side: Side }
  /** It is not known who made a response that came before the request's policies were done. */
  | { readonly kind: 'unattributed'; readonly request: LabelValue<'unattributedResponses', 'request'> }
  | { readonly kind: 'timeout' }
  /** Reported by the policies: no API, no capacity, or an unexpected error. */
  | { readonly kind: 'policy'; readonly failure: PolicyFailure };
