import { illegalArgument } from './java-exception.ts';

/** java.util.Locale. */
export class JavaLocale {
  /** BCP 47; `und` for Locale.ROOT. */
  readonly tag: string;

  constructor(tag: string) {
    this.tag = tag;
  }
}

/** The language tag with an underscore, as Locale.toString writes it. */
export const localeText = (locale: JavaLocale) => (locale.tag === 'und' ? '' : locale.tag.replace('-', '_'));

/** From `en_US`, `en-US` or `fr`. Throws where Intl knows no such tag. */
export function localeOf(text: string): JavaLocale {
  if (text === '') return new JavaLocale('und');
  try {
    const [tag] = Intl.getCanonicalLocales(text.slice(0, 40).replaceAll('_', '-'));
    return new JavaLocale(tag ?? 'und');
  } catch {
    throw illegalArgument(`no such locale: ${text.slice(0, 40)}`);
  }
}

export const LOCALES: Readonly<Record<string, JavaLocale>> = Object.fromEntries(
  Object.entries({
    ENGLISH: 'en',
    FRENCH: 'fr',
    GERMAN: 'de',
    ITALIAN: 'it',
    JAPANESE: 'ja',
    KOREAN: 'ko',
    CHINESE: 'zh',
    SIMPLIFIED_CHINESE: 'zh-CN',
    TRADITIONAL_CHINESE: 'zh-TW',
    FRANCE: 'fr-FR',
    GERMANY: 'de-DE',
    ITALY: 'it-IT',
    JAPAN: 'ja-JP',
    KOREA: 'ko-KR',
    UK: 'en-GB',
    US: 'en-US',
    CANADA: 'en-CA',
    CANADA_FRENCH: 'fr-CA',
    CHINA: 'zh-CN',
    PRC: 'zh-CN',
    TAIWAN: 'zh-TW',
    ROOT: 'und',
  }).map(([name, tag]) => [name, new JavaLocale(tag)]),
);
