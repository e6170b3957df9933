import { z } from 'zod';
import { field, text } from './field.ts';

const selectEntry = z
  .strictObject({
    attribute: text.min(1).meta({
      title: 'Attribute',
      description:
        "An attribute of the stream, or a CEL expression, exactly as written in the filter's `request_attributes`. It must not be one that callers can choose.",
      examples: ['xds.virtual_host_name', "xds.route_metadata.filter_metadata['lambda']['api']"],
    }),
    matches: text.min(1).meta({
      title: 'Matches',
      description: 'The whole value of the attribute; `*` matches any characters.',
      examples: ['orders', 'orders-*'],
    }),
  })
  .meta({ id: 'selectEntry', title: 'Select entry', description: 'One attribute and its expected value.' });

/** How an API is selected for streams that name none. */
export const selectionFields = {
  authorities: field(z.array(text.min(1)), {
    title: 'Authorities',
    description:
      'The `:authority` of the gRPC call for this API; `*` matches any characters, and matching is case-insensitive. Envoy Gateway: `<backend>.<namespace>`, with `:<port>` for a Service.',
    default: [],
    examples: [['orders.default', 'orders.default:50051']],
  }),
  select: field(z.array(selectEntry), {
    title: 'Select',
    description: 'Attributes of the streams that this API serves; all entries must match.',
    default: [],
    examples: [[{ attribute: "xds.route_metadata.filter_metadata['lambda']['api']", matches: 'orders' }]],
  }),
  routes: field(z.array(text.min(1)), {
    title: 'Routes',
    description: 'Names of Envoy routes that this API serves; `*` matches any characters.',
    default: [],
    examples: [['orders-*']],
  }),
};
