import type { ShownReply } from './shown-reply.ts';
import type { ShownRequest, ShownResponse, ShownRun } from './shown-run.ts';
import { stepSection } from './step-view.ts';
import { block, bodyRows, bodyText, headerLines, type RunView, type ViewRow, type ViewSection } from './view-rows.ts';

export function runView(run: ShownRun): RunView {
  const { request, steps, envoy, forwarded, response, rejection } = run;
  return {
    summary: summaryOf(run),
    status: response.status,
    sections: [
      { title: 'Request', note: `${request.method} ${request.path}`, tone: 'plain', rows: messageRows(request) },
      ...steps.map((step, index) => stepSection(step, index + 1)),
      {
        title: 'Replies to Envoy',
        note: rejection === null ? count(envoy.length, 'message') : `Envoy would reject it: ${rejection}`,
        tone: rejection === null ? 'plain' : 'bad',
        rows: envoy.map((reply) => block(reply.message, replyText(reply))),
      },
      backendSection(forwarded),
      {
        title: 'What the caller gets',
        note: `status ${response.status}${streamText(run)}${run.errorKey === null ? '' : ` (${run.errorKey})`}`,
        tone: run.errorKey === null && rejection === null ? 'good' : 'bad',
        rows: messageRows(response),
      },
    ],
  };
}

function summaryOf({ api, steps, response, errorKey, forwarded, waitedMs }: ShownRun): string {
  const calls = steps.filter(({ call }) => call !== null).length;
  const way = forwarded === null ? 'the backend is not called' : 'the backend is called';
  const key = errorKey === null ? '' : ` (${errorKey})`;
  const waited = waitedMs === 0 ? '' : ` after ${waitedMs} ms`;
  return `API ${api}: ${count(calls, 'invocation')}, ${way}, the caller gets ${response.status}${key}${waited}.`;
}

function streamText({ streamed }: ShownRun): string {
  if (streamed === null) return '';
  const pieces = `, streamed in ${count(streamed.pieces, 'piece')}`;
  return streamed.cutBy === null ? pieces : `${pieces}, then aborted`;
}

function backendSection(forwarded: ShownRequest | null): ViewSection {
  const title = 'What the backend gets';
  if (forwarded === null) return { title, note: 'nothing: it is not called', tone: 'skipped', rows: [] };
  const { method, path } = forwarded;
  return { title, note: `${method} ${path}`, tone: 'plain', rows: messageRows(forwarded) };
}

function messageRows(message: ShownRequest | ShownResponse): readonly ViewRow[] {
  const host = 'host' in message ? [`host: ${message.host}`] : [];
  const headers = [...host, ...headerLines(message.headers)];
  return [...(headers.length > 0 ? [block('headers', headers.join('\n'))] : []), ...bodyRows('body', message.body)];
}

function replyText(reply: ShownReply): string {
  const { status, set = [], append = [], remove = [], body } = reply;
  const lines = [
    ...(status === undefined ? [] : [`status ${status}`]),
    ...set.map(([name, value]) => `set ${name}: ${value}`),
    ...append.map(([name, value]) => `append ${name}: ${value}`),
    ...remove.map((name) => `remove ${name}`),
    ...(body === undefined ? [] : [body === null ? 'empty the body' : `body ${bodyText(body)}`]),
    ...(reply.clearRouteCache ? ['clear the route cache'] : []),
    ...(reply.modeOverride === undefined ? [] : [...modeLines(reply.modeOverride)]),
    ...(reply.dynamicMetadata === undefined
      ? []
      : [`dynamic_metadata ${bodyText(JSON.stringify(reply.dynamicMetadata))}`]),
    ...(reply.overrideMessageTimeoutMs === undefined ? [] : [`for ${reply.overrideMessageTimeoutMs} ms`]),
  ];
  return lines.length === 0 ? 'go on' : lines.join('\n');
}

function modeLines(modes: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(modes).map(([name, value]) => `mode_override.${name}: ${value}`);
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
