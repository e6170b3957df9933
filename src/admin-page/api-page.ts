import { type ApiDescription, apiOfProblem, type StepDescription } from '../config/index.ts';
import { warningList } from './apis-page.ts';
import { section } from './document.ts';
import { html, type Markup } from './markup.ts';
import { envoyToldOf, needsOf } from './needs.ts';
import { countText } from './numbers.ts';
import type { PoliciesInForce } from './page-source.ts';
import { pageLinks, pageOf } from './paging.ts';

const STEPS_ON_A_PAGE = 50;
const MOST_WARNINGS = 100;

/** One API in full; undefined if there is none with this name. */
export function apiMain(name: string, policies: PoliciesInForce, query: URLSearchParams): Markup | undefined {
  const api = policies.describeApi(name);
  if (api === undefined) return undefined;
  const warnings = policies.status.warnings.filter((warning) => apiOfProblem(warning) === name);
  return html`${section('needs', 'Needs', needsList(api))}
${stepsSection(name, api, query)}
${
  warnings.length > 0 &&
  section(
    'warnings',
    'Warnings',
    html`${warningList(warnings.slice(0, MOST_WARNINGS))}
${warnings.length > MOST_WARNINGS && html`<p class="quiet">and ${countText(warnings.length - MOST_WARNINGS)} more</p>`}`,
  )
}`;
}

function needsList(api: ApiDescription): Markup {
  const needs = needsOf(api);
  const told = envoyToldOf(api);
  return html`<ul class="lines">${
    needs.length === 0 ? html`<li>Nothing but the request's headers</li>` : needs.map((need) => html`<li>${need}</li>`)
  }</ul>
<p class="quiet">Settings of Envoy in the document: ${told.length === 0 ? 'none' : told.join(', ')}</p>
${api.responseTemplates.length > 0 && html`<p class="quiet">Response templates for: ${api.responseTemplates.slice(0, STEPS_ON_A_PAGE).join(', ')}</p>`}
`;
}

function stepsSection(name: string, api: ApiDescription, query: URLSearchParams): Markup {
  const all = [
    ...api.request.map((step) => ({ step, phase: 'request' })),
    ...api.response.map((step) => ({ step, phase: 'response' })),
  ];
  const page = pageOf(all, query.get('page'), STEPS_ON_A_PAGE);
  return section(
    'steps',
    'Steps',
    html`${all.length === 0 && html`<p class="quiet">This API has no steps: its requests go on unchanged.</p>`}
<ol class="steps" start="${(page.page - 1) * STEPS_ON_A_PAGE + 1}">${page.items.map(({ step, phase }) => stepItem(step, phase))}</ol>
${pageLinks('/api', { name }, page)}`,
  );
}

function stepItem(step: StepDescription, phase: string): Markup {
  const facts: readonly (readonly [string, string | null])[] = [
    ['Function', step.function],
    ['Region', step.region],
    ['Qualifier', step.qualifier],
    ['Endpoint', step.endpoint],
    ['Invocation', step.invocationType],
    ['Condition', step.conditional ? 'yes' : null],
    ['Answers the caller', answers(step.sendToConsumer)],
    ['On an error', step.onError === 'fail' ? 'the request fails' : 'the request continues'],
    ['Body', step.body],
  ];
  return html`<li><h3>${step.name} <span class="quiet">${phase}</span></h3>
<dl class="facts">${facts.map(([term, text]) => text !== null && html`<div><dt>${term}</dt><dd>${text}</dd></div>`)}</dl></li>
`;
}

function answers(sendToConsumer: StepDescription['sendToConsumer']): string | null {
  if (sendToConsumer === 'expression') return 'if its expression is true';
  return sendToConsumer ? 'always' : null;
}
