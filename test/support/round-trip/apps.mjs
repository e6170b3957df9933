// Functions as people write them for AWS, with a framework: each notes the request that it saw, and answers as told.
import express from 'express';
import { Hono } from 'hono';
import { handle } from 'hono/aws-lambda';
import serverless from 'serverless-http';

const bodiless = new Set([204, 205, 304]);

/** Hono behind its own adapter. */
export function honoHandler(script) {
  const app = new Hono();
  app.all('*', async (c) => {
    const { method, url, headers } = c.req.raw;
    const { pathname, search } = new URL(url);
    const body = Buffer.from(await c.req.arrayBuffer());
    script.saw({ method, path: pathname, query: search.slice(1), headers: Object.fromEntries(headers), body });
    const { status, headers: lines, cookies, body: sent } = script.answer();
    const response = new Response(bodiless.has(status) ? null : sent, { status, headers: lines });
    for (const cookie of cookies) response.headers.append('set-cookie', cookie);
    return response;
  });
  return handle(app);
}

/** Express behind serverless-http. */
export function expressHandler(script) {
  const app = express();
  app.disable('x-powered-by');
  app.use((request, response) => {
    const { method, url, headers, body } = request;
    const end = url.indexOf('?');
    const path = end === -1 ? url : url.slice(0, end);
    script.saw({ method, path, query: end === -1 ? '' : url.slice(end + 1), headers, body });
    const { status, headers: lines, cookies, body: sent } = script.answer();
    response.statusCode = status;
    for (const [name, value] of lines) response.setHeader(name, value);
    if (cookies.length > 0) response.setHeader('set-cookie', cookies);
    response.end(bodiless.has(status) ? undefined : sent);
  });
  return serverless(app, { binary: ['application/octet-stream', 'image/*'] });
}
