import type { Secret, SecretSource } from '../../expression/index.ts';
import { UsageError } from '../command-line.ts';

/** The default value of a secret: nothing is sent, so the real one is not needed. */
const NO_MEANING = 'secret-stand-in';

/** Every secret has a stand-in; variables and files are never read. */
export class StandIns implements SecretSource {
  readonly #texts: ReadonlyMap<string, string>;

  /** By `env:NAME` or `file:/PATH`. */
  constructor(texts: ReadonlyMap<string, string>) {
    this.#texts = texts;
  }

  find(scheme: 'env' | 'file', name: string): Secret {
    const text = this.#texts.get(`${scheme}:${name}`) ?? NO_MEANING;
    return { read: () => text };
  }

  get values(): readonly string[] {
    return [NO_MEANING, ...this.#texts.values()];
  }
}

/** Throws UsageError. */
export function readStandIns(values: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    values.map((value) => {
      const [, key, text] = /^(env:[^=]+|file:\/[^=]*)=(.*)$/s.exec(value) ?? [];
      if (key !== undefined && text !== undefined) return [key, text];
      throw new UsageError('--secret is env:NAME=TEXT or file:/PATH=TEXT');
    }),
  );
}
