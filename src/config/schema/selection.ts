import { z } from 'zod';
import { field, text } from './field.ts';

const selectEntry = z
  .strictObject({
    attribute: text.min(1).meta({
      title: 'Attribute',
      description:
        "An attribute of the stream, written as in the filter's `request_attributes`; a CEL expression is one too. It must not be one that callers choose.",
      examples: ['xds.virtual_host_name', "xds.route_metadata.filter_metadata['lambda']['api']"],
    }),
    matches: text.min(1).meta({
      title: 'Matches',
      description: "The attribute's whole text; `*` stands for any characters.",
      examples: ['orders', 'orders-*'],
    }),
  })
  .meta({ id: 'selectEntry', title: 'Select entry', description: 'One attribute, and what it must be.' });

/** By what streams that name no API find one. */
export const selectionFields = {
  authorities: field(z.array(text.min(1)), {
    title: 'Authorities',
    description:
      'What the `:authority` of the gRPC call is for this API; `*` stands for any characters, and case does not count. Envoy Gateway: `<backend>.<namespace>`, with `:<port>` for a Service.',
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
    description: 'Names of Envoy routes that this API serves; `*` stands for any characters.',
    default: [],
    examples: [['orders-*']],
  }),
};
