import { z } from 'zod';
import { LONGEST_MESSAGE_TIMEOUT_MS } from '../../envoy-names.ts';
import { field, flag, integer, text } from './field.ts';

/** Settings that Envoy does not expose: at the top of the document, in an API, or in `x-lambda-envoy`. */
export const envoySchema = z
  .strictObject({
    allowModeOverride: field(flag, {
      title: 'Mode override',
      description:
        'The filter has `allow_mode_override: true`. If it is absent, APIs that need an override are refused.',
      examples: [true],
    }),
    responseHeaders: field(flag, {
      title: 'Response headers',
      description: 'The filter has `response_header_mode: SEND`, so that response steps run without an override.',
      examples: [true],
    }),
    messageTimeoutMs: field(integer(1, LONGEST_MESSAGE_TIMEOUT_MS), {
      title: 'Message timeout',
      description:
        "Envoy's `message_timeout` in milliseconds: no answer is sent after it, and it is extended if the maximum allows it.",
      examples: [35_000],
    }),
    maxMessageTimeoutMs: field(integer(1, LONGEST_MESSAGE_TIMEOUT_MS), {
      title: 'Maximum message timeout',
      description: "Envoy's `max_message_timeout` in milliseconds: the server requests a longer timeout up to it.",
      examples: [60_000],
    }),
    version: field(text.regex(/^1\.\d{1,3}(?:\.\d{1,3})?$/, 'must be a version of Envoy, such as "1.40"'), {
      title: 'Version',
      description: "Envoy's version, in quotes.",
      examples: ['1.40'],
    }),
    streamedCookies: field(integer(1, 32), {
      title: 'Streamed cookies',
      description:
        'How many cookies of one streamed answer reach callers: one, plus one for each entry of the `header_mutation` filter that adds them. Answers with more are logged as errors.',
      examples: [4],
    }),
  })
  .meta({
    id: 'envoy',
    title: 'Envoy',
    description: 'Settings that Envoy does not expose. An absent field is unknown.',
  });

export type EnvoyDocument = z.infer<typeof envoySchema>;
