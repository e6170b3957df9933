import { type FailureRecord, MOST_FAILURES } from '../observability/index.ts';
import type { AdminPages, PageAnswer, Readiness } from '../server/index.ts';
import { apiMain } from './api-page.ts';
import { apisMain, policiesSection, warningsMain, warningsSection } from './apis-page.ts';
import { type PageOutline, pageDocument } from './document.ts';
import { failureRows, failuresMain, failuresSection } from './failures-page.ts';
import { Fresh } from './fresh.ts';
import type { LiveData } from './live.ts';
import { html, type Markup, visibleText } from './markup.ts';
import { timeText } from './numbers.ts';
import { pageAnswer } from './page-answer.ts';
import { readPageFiles } from './page-files.ts';
import type { AdminPageSource } from './page-source.ts';
import { reloadSection, reloadsMain } from './reloads-page.ts';
import { checkRows, credentialRows, credentialSection, stateSection, stateTexts } from './state-section.ts';
import { type Row, type Totals, TrafficHistory, trafficView } from './traffic/index.ts';
import {
  errorSection,
  functionSection,
  trafficLists,
  trafficPaths,
  trafficSection,
  trafficTexts,
} from './traffic-section.ts';

const HTML_TYPE = 'text/html; charset=utf-8';
const JSON_TYPE = 'application/json; charset=utf-8';
const LIVE = '/admin/live.json';
const FAILURES_ON_OVERVIEW = 10;

type Page = Omit<PageOutline, 'policies' | 'version' | 'now'>;

/** The admin port's page for people, rendered for each request from the state of the process. It changes and calls nothing. */
export class AdminPage implements AdminPages {
  readonly #source: AdminPageSource;
  readonly #now: () => Date;
  readonly #traffic: TrafficHistory;
  readonly #files = readPageFiles();
  readonly #readiness: Fresh<Readiness>;
  readonly #failed: Fresh<readonly FailureRecord[]>;
  #failuresSeen = 0;
  readonly #pages: ReadonlyMap<string, (query: URLSearchParams) => Page | undefined | Promise<Page>>;
  /** All paths that `answer` knows. */
  readonly paths: ReadonlySet<string>;

  constructor(source: AdminPageSource, now: () => Date = () => new Date()) {
    this.#source = source;
    this.#now = now;
    this.#readiness = new Fresh(
      () => source.readiness(),
      () => now().getTime(),
    );
    this.#failed = new Fresh(
      () => source.failures(),
      () => now().getTime(),
    );
    this.#traffic = new TrafficHistory({
      metrics: () => source.metrics(),
      now: () => now().getTime(),
      onSample: (sample) => this.#lookAtFailures(sample),
    });
    const { policies } = source;
    this.#pages = new Map<string, (query: URLSearchParams) => Page | undefined | Promise<Page>>([
      ['/', () => this.#overview()],
      ['/failures', () => this.#failures()],
      ['/apis', (query) => ({ title: 'APIs', current: '/apis', main: apisMain(policies, query) })],
      ['/api', (query) => this.#api(query)],
      ['/warnings', (query) => ({ title: 'Warnings', current: '/warnings', main: warningsMain(policies, query) })],
      ['/reloads', () => ({ title: 'Reloads', current: '/reloads', main: reloadsMain(source.reloads()) })],
    ]);
    this.paths = new Set([...this.#pages.keys(), ...this.#files.keys(), LIVE]);
  }

  /** Takes samples of the metrics until `stop`, so that a page shows the last hour when it is opened. */
  start(): void {
    this.#traffic.start();
  }

  stop(): void {
    this.#traffic.stop();
  }

  /** `path`: one of `paths`. */
  async answer(path: string, query: URLSearchParams): Promise<PageAnswer> {
    const file = this.#files.get(path);
    if (file !== undefined) return pageAnswer(200, file.type, file.body);
    if (path === LIVE) return pageAnswer(200, JSON_TYPE, JSON.stringify(await this.#live(query), visible));
    const page = await this.#pages.get(path)?.(query);
    if (page !== undefined) return this.#page(200, page);
    return this.#page(404, { title: 'Not found', main: html`<p>There is no such page. <a href="/">Overview</a></p>` });
  }

  #page(status: number, page: Page): PageAnswer {
    const { version, policies } = this.#source;
    const outline = { ...page, policies: policies.status.version, version, now: this.#now() };
    return pageAnswer(status, HTML_TYPE, pageDocument(outline));
  }

  /** A supervisor keeps the last report of a worker that ends silently, so it is asked whenever there is something new. */
  #lookAtFailures({ failures }: Totals): void {
    const seen = [...failures.values()].reduce((sum, count) => sum + count, 0);
    if (seen === this.#failuresSeen) return;
    this.#failuresSeen = seen;
    void this.#failed.get().catch(() => {});
  }

  async #overview(): Promise<Page> {
    const { policies } = this.#source;
    const [{ samples, readiness, credentials }, failures] = await Promise.all([
      this.#state(),
      this.#failureRows(FAILURES_ON_OVERVIEW),
    ]);
    const view = trafficView(samples);
    const main = html`${stateSection(stateTexts(readiness, samples.at(-1)), checkRows(readiness))}
${trafficSection(view)}
${errorSection(view)}
${failuresSection(failures)}
${functionSection(view)}
${credentialSection(credentials)}
${policiesSection(policies)}
${warningsSection(policies)}
${reloadSection(this.#source.reloads())}`;
    return { title: 'Overview', current: '/', live: `${LIVE}?failures=${FAILURES_ON_OVERVIEW}`, main };
  }

  async #failures(): Promise<Page> {
    const main: Markup = failuresMain(await this.#failureRows(MOST_FAILURES));
    return { title: 'Failures', current: '/failures', live: `${LIVE}?failures=${MOST_FAILURES}`, main };
  }

  #api(query: URLSearchParams): Page | undefined {
    const name = query.get('name') ?? '';
    const main = apiMain(name, this.#source.policies, query);
    return main && { title: `API ${name}`, heading: html`API <span class="name">${name}</span>`, main };
  }

  async #live(query: URLSearchParams): Promise<LiveData> {
    const most = query.get('failures') === String(MOST_FAILURES) ? MOST_FAILURES : FAILURES_ON_OVERVIEW;
    const [{ samples, readiness, credentials }, failures] = await Promise.all([this.#state(), this.#failureRows(most)]);
    const view = trafficView(samples);
    return {
      texts: { ...trafficTexts(view), ...stateTexts(readiness, samples.at(-1)), at: timeText(this.#now()) },
      paths: trafficPaths(view),
      lists: { ...trafficLists(view), checks: checkRows(readiness), credentials, failures },
      policies: this.#source.policies.status.version,
    };
  }

  async #state() {
    const [samples, readiness] = await Promise.all([this.#traffic.samples(), this.#readiness.get()]);
    return { samples, readiness, credentials: credentialRows(samples.at(-1)?.credentials ?? [], this.#now()) };
  }

  async #failureRows(most: number): Promise<readonly Row[]> {
    return failureRows((await this.#failed.get()).slice(0, most));
  }
}

/** For JSON.stringify: values from the script look like those in the original page. */
function visible(_name: string, value: unknown): unknown {
  return typeof value === 'string' ? visibleText(value) : value;
}
