import type { BodyMode } from '../../../../src/ext-proc/wire/index.ts';
import type {
  Head,
  HeadersMessage,
  Message,
  Phase,
  ProtocolConfig,
  Side,
} from '../../../../src/ext-proc/wire/message.ts';
import { ListedHeaders } from '../../../../src/policy/index.ts';

const noAttributes: ReadonlyMap<string, string> = new Map();

export interface First {
  readonly config: ProtocolConfig;
  readonly observed: boolean;
}

/** What the first message of a response tells of who made it. */
const tells: Readonly<Record<'backend' | 'envoy' | 'nobody', ReadonlyMap<string, string>>> = {
  backend: new Map([
    ['response.code_details', 'via_upstream'],
    ['upstream.address', '127.0.0.1:80'],
  ]),
  envoy: new Map([['response.code_details', 'request_payload_too_large']]),
  nobody: noAttributes,
};

function common<P extends 'headers' | 'body' | 'trailers'>(side: Side, part: P, end: boolean, first?: First) {
  return {
    kind: 'message' as const,
    side,
    part,
    phase: `${side}_${part}` as Phase,
    end,
    config: first?.config,
    observed: first?.observed ?? false,
    attributes: noAttributes,
  };
}

const headOf = (pseudo: Readonly<Record<string, string>>): Head => ({
  pseudo: (name) => pseudo[name],
  headers: new ListedHeaders([]),
});
const requestHead = headOf({ method: 'POST' });

export function requestHeaders(end: boolean, first?: First): Message {
  return { ...common('request', 'headers', end, first), head: requestHead, metadata: undefined };
}

export function responseHeaders(
  end: boolean,
  status = 200,
  told: keyof typeof tells = 'backend',
  first?: First,
): HeadersMessage {
  const head = headOf({ status: String(status) });
  return { ...common('response', 'headers', end, first), attributes: tells[told], head, metadata: undefined };
}

export function body(side: Side, bytes: Buffer, end: boolean, first?: First): Message {
  return { ...common(side, 'body', end, first), bytes };
}

export function trailers(side: Side, first?: First): Message {
  return common(side, 'trailers', true, first);
}

export function config(request: BodyMode, response: BodyMode, observed = false, sendsBodyEarly = false): First {
  return { config: { request, response, sendsBodyEarly }, observed };
}
