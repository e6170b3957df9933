import type { BodyMode } from '../../../../src/ext-proc/wire/index.ts';
import type { Head, Message, Phase, ProtocolConfig, Side } from '../../../../src/ext-proc/wire/message.ts';

const noAttributes: ReadonlyMap<string, string> = new Map();

export interface First {
  readonly config: ProtocolConfig;
  readonly observed: boolean;
}

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

const requestHead: Head = { pseudo: new Map([['method', 'POST']]), headers: [] };
const upstream = ['x-envoy-upstream-service-time', Buffer.from('1')] as const;
const heads = new Map<number, Head>();

function responseHead(status: number, local: boolean): Head {
  const key = local ? -status : status;
  let head = heads.get(key);
  if (head === undefined) {
    head = { pseudo: new Map([['status', String(status)]]), headers: local ? [] : [upstream] };
    heads.set(key, head);
  }
  return head;
}

export function requestHeaders(end: boolean, first?: First): Message {
  return { ...common('request', 'headers', end, first), head: requestHead };
}

/** `local`: without the mark that the router puts on a backend's answer. */
export function responseHeaders(end: boolean, status = 200, local = false, first?: First): Message {
  return { ...common('response', 'headers', end, first), head: responseHead(status, local) };
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
