import assert from 'node:assert/strict';
import { checkEnvoy, formatProblem } from '../../../src/config/index.ts';
import { goodEnvoy } from './envoy-fixture.ts';
import { load } from './support.ts';

const api = (phase: string, configuration: string): string => `version: 1
envoy: {allowModeOverride: true}
apis:
  orders:
    ${phase}:
      - {name: step, configuration: {function: f, ${configuration}}}
  others:
    ${phase}:
      - {name: step, configuration: {function: f, ${configuration}}}
`;

/** Policies that change the request and answer nobody. */
export const enriching = api('request', 'mutations: {headers: {set: {x-a: b}}}');
/** Policies that may answer the caller. */
export const guarding = api('request', `sendToConsumer: "{#jsonPath(#lambdaResponse.content, '$.denied')}"`);
export const readingRequest = api('request', 'payload: "{#request.content}"');
export const readingResponse = api('response', 'payload: "{#response.content}"');

/** The lines of `check --envoy` about the Envoy configuration. */
export function check(envoy: string, document = enriching): readonly string[] {
  const problems = checkEnvoy(envoy, 'envoy.yaml', load(document));
  return problems.filter(({ file }) => file === 'envoy.yaml').map(formatProblem);
}

/** The fixture with one text replaced, which must be there. */
export function spoilt(from: string, to: string, text = goodEnvoy): string {
  assert.ok(text.includes(from), from);
  return text.replace(from, () => to);
}

/** The fixture with further fields of the filter. */
export function withField(line: string): string {
  return spoilt('allow_mode_override: true', `allow_mode_override: true\n                      ${line}`);
}

const filterOf = (type: string, name: string, config: string): string => `- name: ${name}
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.http.${type}
                      ${config}
                  `;

/** The fixture with another filter in front of ext_proc. */
export function before(type: string, config = '{}', text = goodEnvoy): string {
  return spoilt('- name: ext_proc\n', `${filterOf(type, 'neighbour', fields(config))}- name: ext_proc\n`, text);
}

/** The fixture with another filter behind ext_proc. */
export function after(type: string, config = '{}', text = goodEnvoy): string {
  const router = '- name: envoy.filters.http.router\n';
  return spoilt(router, `${filterOf(type, 'neighbour', fields(config))}${router}`, text);
}

/** `{a: b}` as lines of a block: the type is in the same map. */
function fields(config: string): string {
  const inner = config.slice(1, -1).trim();
  return inner === '' ? '# no further fields' : inner;
}

export const isError = (line: string): boolean => !line.includes(' warning: ');

/** The only line, which must hold the words. */
export function only(lines: readonly string[], severity: 'error' | 'warning', ...words: readonly string[]): void {
  assert.equal(lines.length, 1, lines.join('\n') || 'no findings');
  const [line = ''] = lines;
  assert.equal(isError(line), severity === 'error', line);
  for (const word of words) assert.ok(line.includes(word), `${word} is missing in: ${line}`);
}
