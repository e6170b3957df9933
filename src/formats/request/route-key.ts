import type { RequestView, TransactionView } from '../format.ts';
import type { FormatOptions } from '../format-options.ts';
import { TextField } from '../json-text.ts';

export const DEFAULT_ROUTE = '$default';

/** The route of an HTTP API: from the step, otherwise from its resource, otherwise `$default`. */
export class RouteKey {
  readonly #said: TextField;

  constructor({ routeKey }: FormatOptions) {
    this.#said = new TextField('routeKey', routeKey);
  }

  of({ method, resource }: RequestView, transaction: TransactionView): string {
    if (this.#said.isSaid) return this.#said.text(transaction);
    return resource === undefined ? DEFAULT_ROUTE : `${method} ${resource.text}`;
  }
}

/** The path of a route: `/users/{id}` of `GET /users/{id}`; `$default` has none. */
export function pathOfRoute(routeKey: string): string {
  return routeKey.slice(routeKey.indexOf(' ') + 1);
}
