import { suggestion } from '../../closest.ts';
import { defaultLimits, type Limits } from '../../policy/index.ts';
import type { PolicyDocument } from '../schema/index.ts';
import type { Reporter } from './reporter.ts';

/** The document's limits. Reports shares that name no API of the document. `inline`: inline policies are allowed. */
export function compileLimits(document: PolicyDocument, inline: boolean, reporter: Reporter): Limits {
  const { limits } = document;
  const apis = Object.keys(document.apis ?? {});
  const known = new Set([...apis, 'default']);
  for (const name of Object.keys(limits?.shares ?? {})) {
    if (known.has(name)) continue;
    const message = `is not the name of an API${suggestion(name, known)}; \`default\` is for all APIs without their own share`;
    reporter.error(['limits', 'shares', name], message, 'key');
  }
  const alone = apis.length <= 1 && !inline;
  return {
    bodyBytes: limits?.bodyBytes ?? defaultLimits.bodyBytes,
    streams: limits?.streams ?? defaultLimits.streams,
    bufferedBytes: limits?.bufferedBytes ?? defaultLimits.bufferedBytes,
    evaluationMs: limits?.evaluationMs ?? defaultLimits.evaluationMs,
    shares: { default: alone ? 1 : defaultLimits.shares.default, ...limits?.shares },
    bodyWaitMs: limits?.bodyWaitMs ?? defaultLimits.bodyWaitMs,
    responseStreams: limits?.responseStreams ?? defaultLimits.responseStreams,
  };
}
