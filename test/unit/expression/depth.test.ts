import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { contexts } from '../../conformance/score.ts';

/**
 * As deep as their own limits let them be. Wherever one of them is read or evaluated, the stack below may be deep
 * already, so they get half of what V8 gives by default.
 */
const cases: Readonly<Record<string, readonly [template: string, result: RegExp]>> = {
  'a long sum': [`{#request.method${'+1'.repeat(4_900)}}`, /^value POST1{96}$/],
  'a long product in a sum': [`{#request.method + (2${'*1'.repeat(2_000)}${' - 0'.repeat(2_000)})}`, /^value POST2$/],
  'a long conjunction': [`{#request.method == 'POST'${' and true'.repeat(4_900)}}`, /^value true$/],
  'a long disjunction': [`{#request.method == 'GET'${' or false'.repeat(4_900)}}`, /^value false$/],
  'many steps': [`{#request.method${'.trim'.repeat(4_900)}}`, /^value POST$/],
  'many calls': [`{#request.method${'.trim()'.repeat(2_400)}}`, /^value POST$/],
  'many safe steps after null': [`{#request.headers['none']${'?.a'.repeat(4_900)}}`, /^value null$/],
  'more tokens than an expression may have': [`{#request.method${'+1'.repeat(5_000)}}`, /^error .*10000 tokens/],
  'brackets in brackets': [`{#request.method + ${'(1+'.repeat(98)}1${')'.repeat(98)}}`, /^value POST99$/],
  'more brackets': [`{#request.method + ${'(1+'.repeat(200)}1${')'.repeat(200)}}`, /^error .*deeper than 100 levels/],
  'lists in lists': [`{#jsonPath('${'['.repeat(399)}${']'.repeat(399)}', '$[0]')}`, /^(?:value|error)/],
  'JSON that is deeper': [`{#jsonPath('${'['.repeat(4_900)}${']'.repeat(4_900)}', '$')}`, /^error .*deeper than 400/],
  'XML that is deeper': [
    `{#xpath('${'<a>'.repeat(4_900)}${'</a>'.repeat(4_900)}', '//a')}`,
    /^error .*deeper than 1000/,
  ],
  'XML as deep as may be': [`{#xpath('${'<a>'.repeat(990)}${'</a>'.repeat(990)}', 'string(/a)')}`, /^value $/],
  'an XPath of many operators': [`{#xpath('<a/>', '1${'+1'.repeat(490)}')}`, /^value 491/],
  'an XPath of many unions': [`{#xpath('<a/>', 'a${'|a'.repeat(490)}')}`, /^value/],
  'a jsonPath of many steps': [`{#jsonPath('{}', '$${'.a'.repeat(500)}')}`, /^error .*missing/],
  'a jsonPath of many conditions': [
    `{#jsonPath('[1]', '$[?(@.a==1${' && @.a==1'.repeat(300)})]')}`,
    /^(?:value|error)/,
  ],
  'a regular expression of groups': [
    `{#request.method matches '${'('.repeat(490)}a${')'.repeat(490)}'}`,
    /^(?:value false|error .*nests? too deep)/,
  ],
};

test('what is as deep or long as it may be needs little of the stack', async () => {
  const worker = new Worker(new URL('depth.worker.ts', import.meta.url), {
    workerData: {
      context: Object.values(contexts)[0],
      templates: Object.values(cases).map(([template]) => template),
    },
    resourceLimits: { stackSizeMb: 0.5 },
  });
  const [results] = (await once(worker, 'message')) as [string[]];
  for (const [i, [name, [, expected]]] of Object.entries(cases).entries())
    assert.match(results[i] ?? '', expected, name);
});
