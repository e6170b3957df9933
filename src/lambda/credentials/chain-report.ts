import { boundedLine } from './bounded-line.ts';
import { describeExchange, type SourceExchange } from './source-exchanges.ts';

/** What the SDK logs when it tries the next link of its chain, by the name of the link's function. */
const LINKS: ReadonlyMap<string, string> = new Map([
  ['fromEnv', 'environment'],
  ['fromIni', 'profile'],
  ['fromProcess', 'credential_process'],
  ['fromTokenFile', 'web identity'],
  ['remoteProvider', 'metadata service'],
  ['fromHttp/fromContainerMetadata', 'container'],
  ['fromInstanceMetadata', 'EC2 instance'],
]);
const LINK_SYNTAX = /^@aws-sdk\/credential-provider-node - (?:defaultProvider|remoteProvider)::([\w/]+)$/;
/** What it logs for each link without credentials. */
const REASON_SYNTAX = /^\S+ (?:->|\(!\)) (.+)/s;
/** Log lines about the whole chain or a setting, and about a second try with other rules: only the first try counts. */
const EMPTY = /^(?:Skipping SSO|Could not load credentials from any providers|\w+ not set in env, checking config)/;
const SECOND_TRY = /is not a valid container metadata service (?:hostname|protocol)/;
/** Characters that an error shows of it; if it is longer, the links before the last are shortened first. */
const MAX_REPORT = 900;
const MAX_LINK = 90;

interface Tried {
  readonly link: string;
  readonly reasons: Set<string>;
  /** The number of exchanges before it. */
  readonly from: number;
}

/** Listens to the SDK's chain, so that an error can name each source that was tried and what it said. */
export class ChainReport {
  readonly exchanges: SourceExchange[] = [];
  readonly #tried: Tried[] = [];

  /** A logger for the SDK: nothing goes to the console. */
  readonly logger = (() => {
    const note = (...words: readonly unknown[]): void => this.#note(words.join(' '));
    return { trace: note, debug: note, info: note, warn: note, error: note };
  })();

  /** E.g. `environment: Unable to find …; EC2 instance: GET http://169.254.169.254/latest/…: 503`. */
  text(): string {
    const parts = this.#tried.flatMap(({ link, reasons, from }, i) => {
      const exchanges = this.exchanges.slice(from, this.#tried[i + 1]?.from);
      const asked = [...new Set(exchanges.filter(isFirst).map(describeExchange))];
      const said = [...reasons].filter((reason) => exchanges.length === 0 || !SECOND_TRY.test(reason));
      const words = [...said, ...asked];
      return words.length === 0 ? [] : [`${link}: ${words.join(', ')}`];
    });
    const whole = parts.join('; ');
    if (whole.length <= MAX_REPORT) return whole;
    const short = parts.map((part, i) => (i === parts.length - 1 || part.length <= MAX_LINK ? part : cut(part)));
    return short.join('; ').slice(0, MAX_REPORT);
  }

  /** As text, while a link is still being asked. */
  progress(): string {
    return [this.text(), `${this.link ?? 'nothing'} is still being asked`].filter((part) => part !== '').join('; ');
  }

  /** The link that is asked now, or was asked last. */
  get link(): string | undefined {
    return this.#tried.at(-1)?.link;
  }

  #note(text: string): void {
    const link = LINKS.get(LINK_SYNTAX.exec(text)?.[1] ?? '');
    if (link !== undefined) {
      this.#tried.push({ link, reasons: new Set(), from: this.exchanges.length });
      return;
    }
    const reason = REASON_SYNTAX.exec(text)?.[1];
    if (reason !== undefined && !EMPTY.test(reason)) this.#tried.at(-1)?.reasons.add(shown(reason));
  }
}

/** A retry with the same result as an earlier one adds nothing. */
function isFirst({ place, status, said }: SourceExchange, _i: number, all: readonly SourceExchange[]): boolean {
  return (
    said !== undefined || !all.some((one) => one.place === place && one.status === status && one.said !== undefined)
  );
}

/** The command of a credential_process, and what it wrote, may hold secrets. */
function shown(reason: string): string {
  if (reason.startsWith('Command failed')) return 'credential_process failed';
  return boundedLine(reason.replaceAll(/(?<!\s)\s*\n\s*/g, ' '), [])?.replace(/\.$/, '') ?? '';
}

function cut(part: string): string {
  return `${part.slice(0, MAX_LINK)}…`;
}
